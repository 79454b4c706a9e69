import type { Location } from './location.js';
import type { TextScanner } from './text-scanner.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TEXT_PARTS = ['file', 'signature', 'function', 'layer'] as const;

/** Reads `("node", layer = "conv" + "node of an op merged into it")`. */
export function parseLocation(scanner: TextScanner): Location {
  scanner.expect('(');
  const first = parsePlace(scanner);
  const fused: Location[] = [];
  while (scanner.accept('+')) fused.push(parsePlace(scanner));
  scanner.expect(')');
  return fused.length === 0 ? first : { ...first, fused };
}

function parsePlace(scanner: TextScanner): Location {
  const place: Mutable<Location> = {};
  const node = scanner.string();
  if (node !== undefined) place.node = node;
  else parsePart(scanner, place);
  while (scanner.accept(',')) parsePart(scanner, place);
  return place;
}

function parsePart(scanner: TextScanner, place: Mutable<Location>): void {
  const start = scanner.position;
  const name = scanner.take(/[a-z]+/y, 'a node in quotes, or a part like `layer = "conv"`');
  scanner.expect('=');
  if (name === 'line') {
    place.line = scanner.number() ?? scanner.fail('expected a line number');
    return;
  }
  const text = scanner.string() ?? scanner.fail('expected a text in quotes');
  const part = TEXT_PARTS.find((known) => known === name);
  if (part) place[part] = text;
  else if (name === 'frame') place.frames = [...(place.frames ?? []), parseFrame(text)];
  else scanner.fail(`a location has no \`${name}\``, start);
}

function parseFrame(text: string): NonNullable<Location['frames']>[number] {
  const [, file = text, line = '0', name = ''] = /^(.*):(\d+):(.*)$/s.exec(text) ?? [];
  return { file, line: Number(line), ...(name === '' ? {} : { function: name }) };
}
