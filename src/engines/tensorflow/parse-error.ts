import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import { isFlexOp } from '#tensorflow/flex/op-signatures.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { changesFor } from '#tensorflow/unsupported-advice.js';
import { lastLines } from './python-host.js';

/** A line of MLIR's about an op: where it stands, its name, what is wrong. */
const ABOUT_OP =
  /error: (?:loc\((?<loc>.*)\): )?(?:'tf\.(?<op>\w+)' op (?<reason>[^\n]+)|failed to legalize operation 'tf\.(?<illegal>\w+)'[^\n]*)/;
/** The op's own place stands first, then those of the calls that lead to it. */
const PLACE = /"(?:[^":]+:)?",? ?"(?<node>[^"@]+)(?:@(?<function>[^"]+))?"|"(?<plain>[^"@:]+)(?:@(?<inside>[^"]+))?"/;
/** The summary at the end: all ops that need other kernels. */
const SUMMARY = /(?:TF Select|Custom) ops: (?<names>[\w, ]+)$/gm;
/** Behind it: each of these ops once with each combination of types. */
const DETAILS = /^\ttf\.(?<name>\w+)\((?<operands>.*)\) -> \(/gm;
const NO_KERNEL = 'is neither a custom op nor a flex op';
const TYPES_SHOWN = 3;
/** Of ops that the official converter alone refuses. */
export const NATIVE_HELP =
  'This tool’s own converter has the op: leave out `--engine tensorflow`, or use `--engine auto`.';

/**
 * What the official converter's error says, as diagnostics: `unsupported-op` for each op that it names, with its places,
 * else `unsupported-model` with the end of the text.
 */
export function parseConverterError(text: string, savedModel: string): Diagnostic[] {
  const found = new Map<string, { readonly op: string; readonly reason: string; readonly locations: Location[] }>();
  for (const line of text.split('\n')) {
    const { loc = '', op, reason = 'cannot be lowered', illegal } = ABOUT_OP.exec(line)?.groups ?? {};
    const name = op ?? illegal;
    if (name === undefined) continue;
    const locations = placeOf(loc, savedModel);
    // An op of which it is known what is wrong is named once more where the pass gives up.
    if (illegal !== undefined && [...found.values()].some((known) => known.op === name)) continue;
    const key = `${name} ${reason}`;
    const entry = found.get(key) ?? { op: name, reason, locations: [] };
    found.set(key, entry);
    for (const place of locations)
      if (!entry.locations.some((known) => same(known, place))) entry.locations.push(place);
  }
  for (const { groups } of text.matchAll(SUMMARY)) {
    for (const name of groups?.['names']?.split(/,\s*/) ?? []) {
      if ([...found.values()].some(({ op }) => op === name)) continue;
      found.set(name, { op: name, reason: NO_KERNEL, locations: [{ file: savedModel }] });
    }
  }
  const types = operandTypes(text);
  if (found.size === 0) return [unnamed(text, savedModel)];
  return [...found.values()].map(({ op, reason, locations }) =>
    diagnostic('unsupported-op', {
      op,
      detail: `The official converter: ${sentence(reason, types.get(op) ?? [])}`,
      locations: locations.length === 0 ? [{ file: savedModel }] : locations,
      help: adviceFor(op),
    }),
  );
}

function adviceFor(op: string): string[] {
  const flex = isFlexOp(op)
    ? '`--select-tf-ops` leaves it to TensorFlow, whose Flex delegate the app then links. '
    : '';
  const native = tfOpByName.get(op)?.lower ? [NATIVE_HELP] : [];
  return [...native, ...changesFor(op), `${flex}\`--allow-custom-op ${op}\` leaves it to a kernel of the app's own.`];
}

function sentence(reason: string, types: readonly string[]): string {
  if (reason === NO_KERNEL) return `TFLite has no kernel for it${types.length === 0 ? '' : ` on ${listed(types)}`}.`;
  return `it ${reason.trim().replace(/\.?$/, '.')}`;
}

function listed(types: readonly string[]): string {
  const more = types.length > TYPES_SHOWN ? ['others'] : [];
  return [...types.slice(0, TYPES_SHOWN), ...more].join(' or ');
}

/** Of each op that has no kernel the types of its operands, as in `(float64 [1, 4], int32 [])`. */
function operandTypes(text: string): Map<string, string[]> {
  const types = new Map<string, string[]>();
  for (const { groups } of text.matchAll(DETAILS)) {
    const { name = '', operands = '' } = groups ?? {};
    const known = types.get(name) ?? [];
    const written = `(${operands
      .split(/, (?=tensor<)/)
      .map(typeOf)
      .join(', ')})`;
    if (operands !== '' && !known.includes(written)) types.set(name, [...known, written]);
  }
  return types;
}

const ELEMENTS: readonly (readonly [RegExp, string])[] = [
  [/^f(\d+)$/, 'float$1'],
  [/^bf16$/, 'bfloat16'],
  [/^i1$/, 'bool'],
  [/^i(\d+)$/, 'int$1'],
  [/^ui(\d+)$/, 'uint$1'],
  [/^complex<f32>$/, 'complex64'],
  [/^complex<f64>$/, 'complex128'],
  [/^!tf_type\.(\w+).*$/, '$1'],
];

/** `tensor<1x?xf32>` as `float32 [1, ?]`. */
function typeOf(mlir: string): string {
  const { dims = '', element = mlir } = /^tensor<(?<dims>(?:(?:\d+|\?|\*)x)*)(?<element>.*)>$/.exec(mlir)?.groups ?? {};
  const row = ELEMENTS.find(([pattern]) => pattern.test(element));
  const dtype = row ? element.replace(row[0], row[1]) : element;
  return dims === '*x' ? `${dtype} of any rank` : `${dtype} [${dims.split('x').filter(Boolean).join(', ')}]`;
}

function placeOf(loc: string, file: string): Location[] {
  const { node, function: body, plain, inside } = PLACE.exec(loc)?.groups ?? {};
  const path = node ?? plain;
  if (path === undefined || path === '') return [];
  const end = path.lastIndexOf('/');
  const function_ = body ?? inside;
  return [
    {
      file,
      node: path,
      ...(end < 0 ? {} : { layer: path.slice(path.lastIndexOf('/', end - 1) + 1, end) }),
      ...(function_ === undefined ? {} : { function: function_ }),
    },
  ];
}

function same(a: Location, b: Location): boolean {
  return a.node === b.node && a.function === b.function;
}

/** What MLIR prints of the whole graph helps nobody, and may be long. */
function unnamed(text: string, savedModel: string): Diagnostic {
  const messages = text.split('\n').filter((line) => /\berror:/.test(line));
  const said = messages.length > 0 ? messages.map((line) => line.replace(/^.*?\berror: (?:loc\(.*\): )?/, '')) : [text];
  return diagnostic('unsupported-model', {
    detail: `The official converter refuses it: ${lastLines(said.join('\n')).slice(-2000)}`,
    locations: [{ file: savedModel }],
  });
}
