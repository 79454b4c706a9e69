import { buildGraph } from './build.js';
import { ExpressionError, parseDefinition } from './expression.js';
import type { Condition, Definition, Graph, Rule, SampleRange, Term } from './rule.js';

/** A rule as it is written down. */
export interface RuleText {
  readonly name: string;
  readonly summary: string;
  /** Names and what they stand for, in order; the last gives the results. */
  readonly pattern: Readonly<Record<string, string>>;
  readonly replacement: Readonly<Record<string, string>>;
  readonly where?: Readonly<Record<string, Condition>>;
  readonly samples?: Readonly<Record<string, SampleRange>>;
  readonly tolerance: number;
}

/** Which part of a rule is wrong, and how. */
export class RuleError extends Error {
  readonly part: 'pattern' | 'replacement' | 'where' | 'samples';
  readonly key: string | undefined;

  constructor(part: RuleError['part'], key: string | undefined, message: string) {
    super(message);
    this.part = part;
    this.key = key;
  }
}

/** The rule that a text describes. Throws a RuleError where it contradicts itself. */
export function parseRule({ name, summary, tolerance, where = {}, samples = {}, ...text }: RuleText): Rule {
  const pattern = parseGraph('pattern', text.pattern);
  checkPattern(pattern);
  const replacement = parseGraph('replacement', text.replacement);
  const open = openNames(pattern);
  for (const part of ['where', 'samples'] as const) {
    for (const key of Object.keys(part === 'where' ? where : samples)) {
      if (!open.has(key)) throw new RuleError(part, key, `\`${key}\` is no name of the pattern`);
    }
  }
  checkReplacement(replacement, open, pattern);
  return {
    name,
    summary,
    tolerance,
    pattern,
    where: new Map(Object.entries(where)),
    samples: new Map(Object.entries(samples)),
    build: (match, builder) => buildGraph(replacement, match, builder),
  };
}

/** Reads a pattern on its own, for rules whose replacement is code. */
export function parsePattern(text: Readonly<Record<string, string>>): Graph {
  const pattern = parseGraph('pattern', text);
  checkPattern(pattern);
  return pattern;
}

function parseGraph(part: 'pattern' | 'replacement', text: Readonly<Record<string, string>>): Graph {
  const graph = Object.entries(text).map(([key, expression]): Definition => {
    try {
      return parseDefinition(key, expression);
    } catch (error) {
      if (error instanceof ExpressionError) throw new RuleError(part, key, `\`${expression}\`: ${error.message}`);
      throw error;
    }
  });
  if (graph.length === 0) throw new RuleError(part, undefined, `the ${part} is empty`);
  return graph;
}

function checkPattern(pattern: Graph): void {
  for (const { names, term } of pattern) {
    if (term.kind !== 'call') throw new RuleError('pattern', names.join(', '), 'a pattern is made of ops');
  }
  const used = new Set(pattern.flatMap(({ term }) => [...namesIn(term)]));
  for (const { names } of pattern.slice(0, -1)) {
    if (!names.some((name) => used.has(name))) {
      throw new RuleError(
        'pattern',
        names.join(', '),
        `nothing uses \`${names.join(', ')}\`: the last op gives the results`,
      );
    }
  }
  for (const { ops } of callsIn(pattern)) {
    if (ops.includes('Const')) throw new RuleError('pattern', undefined, 'write a constant as a number or a list');
  }
}

function checkReplacement(replacement: Graph, open: ReadonlySet<string>, pattern: Graph): void {
  const defined = new Set(pattern.flatMap(({ names }) => names));
  const known = new Set([...open].filter((name) => !defined.has(name)));
  const bound = new Set(
    callsIn(pattern).flatMap(({ attributes }) =>
      [...attributes.values()].flatMap((term) => (term.kind === 'bound' ? [term.name] : [])),
    ),
  );
  for (const { names, term } of replacement) {
    const key = names.join(', ');
    const unknown = [...namesIn(term)].find((name) => !known.has(name));
    if (unknown !== undefined) throw new RuleError('replacement', key, `\`${unknown}\` is not defined`);
    const attribute = [...attributesIn(term)].find((name) => !bound.has(name));
    if (attribute !== undefined) throw new RuleError('replacement', key, `the pattern does not bind $${attribute}`);
    for (const { ops, attributes } of callsIn([{ names, term }])) {
      if (ops.length > 1) throw new RuleError('replacement', key, `${ops.join('|')}: a replacement says which op`);
      for (const each of attributes.values()) {
        if (each.kind === 'dtype' && !known.has(each.of)) {
          throw new RuleError('replacement', key, `\`${each.of}\` is not defined`);
        }
      }
    }
    for (const name of names) known.add(name);
  }
}

/** All names of a pattern that stand for values. */
function openNames(pattern: Graph): Set<string> {
  return new Set(pattern.flatMap(({ names, term }) => [...names, ...namesIn(term)]));
}

function* namesIn(term: Term): IterableIterator<string> {
  if (term.kind === 'name') yield term.name;
  if (term.kind === 'call') for (const operand of term.operands) yield* namesIn(operand);
}

/** What a term makes of attributes that the pattern binds. */
function* attributesIn(term: Term): IterableIterator<string> {
  if (term.kind === 'attribute') yield term.name;
  if (term.kind !== 'call') return;
  for (const operand of term.operands) yield* attributesIn(operand);
  for (const each of term.attributes.values()) if (each.kind === 'bound') yield each.name;
}

function callsIn(graph: Graph): Extract<Term, { kind: 'call' }>[] {
  const calls: Extract<Term, { kind: 'call' }>[] = [];
  const visit = (term: Term): void => {
    if (term.kind !== 'call') return;
    calls.push(term);
    term.operands.forEach(visit);
  };
  for (const { term } of graph) visit(term);
  return calls;
}
