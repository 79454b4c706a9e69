import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

/** Keys and indices from the top. */
export type Path = readonly (string | number)[];

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem {
  readonly place: Place;
  readonly message: string;
  readonly help?: string;
}

/** A YAML or JSON text: its value, and where each part of it stands. */
export interface YamlSource {
  /** Undefined where the text is so damaged that nothing can be said about its content. */
  readonly value: unknown;
  readonly problems: readonly SourceProblem[];
  /** Of the value at a path, or of its key; of what is around it where it is not there. */
  placeOf(path: Path, part?: 'key' | 'value'): Place;
}

/** What aliases may make of a file; real ones stay far below. */
const MOST_NODES = 100_000;

/** Where the parser's stack ends, which it reports as an error of the text, and its lexer or others throw. */
const TOO_DEEP = 'it is nested too deeply';

/** Reads a text without a byte order mark. Throws nothing. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document.Parsed;
  const failed = (message: string): YamlSource => ({
    value: undefined,
    problems: [{ place: { line: 1, column: 1 }, message }],
    placeOf: () => ({ line: 1, column: 1 }),
  });
  try {
    document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return failed(TOO_DEEP);
    throw error;
  }
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return failed(TOO_DEEP);
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error, text, placeAt));
  const readable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const structure = readable ? structureProblems(document, placeAt) : [];
  const usable = readable && structure.length === 0;
  return {
    value: usable ? document.toJS({ maxAliasCount: -1 }) : undefined,
    problems: [...syntax, ...structure],
    placeOf: (path, part = 'value') => placeAt(offsetOf(document, path, part)),
  };
}

function syntaxProblem(
  { code, message, pos }: YAMLError,
  text: string,
  placeAt: (offset: number) => Place,
): SourceProblem {
  const place = placeAt(pos[0]);
  switch (code) {
    case 'DUPLICATE_KEY':
      return {
        place,
        message: `${keyAt(text, pos[0])} stands twice in the same map`,
        help: 'Join the two, or delete one.',
      };
    case 'TAB_AS_INDENT':
      return { place, message: 'a tab stands where only spaces may indent', help: 'Indent by spaces.' };
    case 'MULTIPLE_DOCS':
      return {
        place,
        message: 'a second document begins',
        help: 'Delete the line `---` and what belongs to another file.',
      };
    case 'TAG_RESOLVE_FAILED':
      return { place, message: 'tags (`!name`) mean nothing here', help: 'Delete the tag.' };
    case 'BAD_INDENT':
      return {
        place,
        message: `it is no YAML: ${lowerFirst(message)}`,
        help: 'Keys of one map begin in the same column.',
      };
    default:
      return { place, message: `it is no YAML: ${lowerFirst(message.split('\n')[0] ?? '')}` };
  }
}

function keyAt(text: string, offset: number): string {
  const [key] = /^[\w$.-]+/.exec(text.slice(offset, offset + 100)) ?? [];
  return key === undefined ? 'this key' : `\`${key}\``;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** What YAML permits and a configuration has no use for: odd keys, and aliases that refer to nothing or explode. */
function structureProblems(document: Document.Parsed, placeAt: (offset: number) => Place): SourceProblem[] {
  const problems: SourceProblem[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const report = (node: unknown, message: string, help?: string) => {
    const place = placeAt(isNode(node) ? (node.range?.[0] ?? 0) : 0);
    problems.push({ place, message, ...(help === undefined ? {} : { help }) });
  };
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value === null || key.value === '') report(key, 'a key must be plain text');
    },
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
        else
          report(
            node,
            `\`*${node.source}\` refers to no anchor above it`,
            `Write \`&${node.source}\` in front of what it stands for.`,
          );
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  if (problems.length > 0) return problems;
  const bad = firstExplodingAlias(document.contents, targets);
  if (bad) report(bad, 'aliases repeat each other until the file is too large', 'Write out what they stand for.');
  return problems;
}

/** The alias at which the file, written out, has too many nodes, or holds itself. */
function firstExplodingAlias(root: Node | null, targets: ReadonlyMap<Alias, Node>): Alias | undefined {
  const sizes = new Map<Node, number>();
  let bad: Alias | undefined;
  const sizeOf = (node: unknown): number => {
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isNode(node)) return 0;
    if (isAlias(node)) {
      const size = sizes.get(targets.get(node) as Node) ?? Infinity;
      if (size > MOST_NODES) bad ??= node;
      return size;
    }
    let size = 1;
    if (isMap(node) || isSeq(node)) for (const item of node.items) size += sizeOf(item);
    if (node.anchor !== undefined) sizes.set(node, size);
    return size;
  };
  const total = sizeOf(root);
  return bad ?? (total > MOST_NODES ? targets.keys().next().value : undefined);
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [i, segment] of path.entries()) {
    const found = childOf(resolved(node, document), segment, document);
    if (!found) return offset;
    const { key, value } = found;
    const wanted = i === path.length - 1 && part === 'key' ? (key ?? value) : (textOf(value) ?? key);
    offset = wanted?.range?.[0] ?? offset;
    node = value;
  }
  return offset;
}

/** A node that stands somewhere: a value that was left out does not. */
function textOf(node: Node | null): Node | undefined {
  return node?.range && node.range[1] > node.range[0] ? node : undefined;
}

interface Child {
  readonly key: Node | undefined;
  readonly value: Node | null;
}

function childOf(node: Node | null, segment: string | number, document: Document): Child | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(segment)];
    return value === undefined ? undefined : { key: undefined, value: value as Node };
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(segment))
      return { key: key as Node, value: value as Node | null };
  }
  // What `<<` brings in stands where its anchor is.
  for (const { key, value } of node.items) {
    if (!isScalar(key) || key.source !== '<<') continue;
    const merged = resolved(value as Node | null, document);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const found = childOf(resolved(source as Node | null, document), segment, document);
      if (found) return found;
    }
  }
  return undefined;
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}
