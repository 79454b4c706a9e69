import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#ir/location.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import { type Type, tensorType } from '#ir/type.js';
import { dtypes } from '#tensor/dtype.js';
import { elementCount } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { AppliedReplacement, Rule, SampleRange } from '#tensorflow/replacements/rule.js';
import { evaluateByFolding, evaluateInRuntime } from './evaluate-graph.js';

/** Runs of each pair of graphs. */
const ROUNDS = 4;
/** What stands for sizes that only run time tells. */
const FREE_SIZE = 3;
const DEFAULT_RANGE: SampleRange = [-3, 3];

type Outcome =
  | { readonly kind: 'same'; readonly largest: number }
  | { readonly kind: 'differs'; readonly detail: string }
  | { readonly kind: 'unverified'; readonly reason: string };

/**
 * Runs both sides of every replacement on the same seeded inputs, equal ones once, and says what came of it: a notice for
 * each rule, a warning where nothing could be run, an error where results differ by more than the rule allows.
 */
export async function verifyReplacements(applied: readonly AppliedReplacement[]): Promise<Diagnostic[]> {
  const groups = new Map<string, AppliedReplacement[]>();
  for (const each of applied) {
    // Equal but for their places.
    const key = `${each.rule.name}\n${printModule(each.sides).replace(/ loc\(.*\)$/gm, '')}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const byRule = new Map<Rule, { outcome: Outcome; locations: Location[] }[]>();
  for (const group of groups.values()) {
    const [{ rule, sides }] = group as [AppliedReplacement];
    const outcome = await verify(rule, sides);
    const locations = group.map(({ location }) => location);
    byRule.set(rule, [...(byRule.get(rule) ?? []), { outcome, locations }]);
  }
  return [...byRule].flatMap(([rule, outcomes]) => report(rule, outcomes));
}

function report(
  rule: Rule,
  outcomes: readonly { readonly outcome: Outcome; readonly locations: readonly Location[] }[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const same = outcomes.filter(({ outcome }) => outcome.kind === 'same');
  if (same.length > 0) {
    const locations = same.flatMap((each) => each.locations);
    const largest = Math.max(...same.map(({ outcome }) => (outcome.kind === 'same' ? outcome.largest : 0)));
    found.push(
      diagnostic('replacement-made', {
        detail: `${rule.name}: both sides were run, and differ by ${largest.toPrecision(2)} at most; ${rule.tolerance} is allowed.`,
        locations,
      }),
    );
  }
  for (const { outcome, locations } of outcomes) {
    if (outcome.kind === 'differs') {
      found.push(diagnostic('replacement-differs', { detail: `${rule.name}: ${outcome.detail}`, locations }));
    }
    if (outcome.kind === 'unverified') {
      const tested = rule.ready ? ' The rule itself is tested against TensorFlow.' : '';
      found.push(
        diagnostic('replacement-unverified', {
          detail: `${rule.name}: unverified, since ${outcome.reason}.${tested}`,
          locations,
        }),
      );
    }
  }
  return found;
}

async function verify(rule: Rule, sides: Module): Promise<Outcome> {
  const [pattern, replacement] = sides.signatures.map(({ region }) => region);
  if (!pattern || !replacement) throw new Error('a replacement has two sides');
  const names = sides.signatures[0]?.inputNames ?? [];
  for (const op of sides.ops()) {
    if (op.definition.sideEffects)
      return { kind: 'unverified', reason: `${op.name.replace(/^tf\./, '')} is random or has state` };
  }
  const rounds: Tensor[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const inputs = pattern.args.map(({ type }, i) =>
      sample(type, rule.samples.get(names[i] as string) ?? DEFAULT_RANGE, `${names[i]} ${round}`),
    );
    const missing = inputs.indexOf(undefined);
    if (missing >= 0) return { kind: 'unverified', reason: `no samples can be made for \`${names[missing]}\`` };
    rounds.push(inputs as Tensor[]);
  }
  // What the samples are decides the shapes on both sides.
  for (const region of [pattern, replacement]) {
    for (const [i, arg] of region.args.entries()) {
      const input = rounds[0]?.[i];
      if (input) arg.type = tensorType(input.dtype, input.shape);
    }
  }
  const results: (readonly (readonly Tensor[])[])[] = [];
  for (const [side, region] of [pattern, replacement].entries()) {
    const folded = rounds.map((inputs) => evaluateByFolding(region, inputs));
    if (folded.every((outputs) => outputs !== undefined)) {
      results.push(folded);
      continue;
    }
    const outputs = await evaluateInRuntime(region, rounds);
    if (typeof outputs === 'string') {
      return {
        kind: 'unverified',
        reason: `the ${side === 0 ? 'pattern' : 'replacement'} cannot be run here (${outputs})`,
      };
    }
    results.push(outputs);
  }
  return compare(rule, names, rounds, results[0] ?? [], results[1] ?? []);
}

function compare(
  { tolerance }: Rule,
  names: readonly string[],
  rounds: readonly (readonly Tensor[])[],
  expected: readonly (readonly Tensor[])[],
  actual: readonly (readonly Tensor[])[],
): Outcome {
  let largest = 0;
  for (const [round, tensors] of expected.entries()) {
    for (const [i, tensor] of tensors.entries()) {
      const other = actual[round]?.[i];
      if (!other) return { kind: 'differs', detail: `the replacement gives no result ${i}.` };
      if (tensor.shape.join() !== other.shape.join()) {
        return { kind: 'differs', detail: `the result is [${other.shape}] in place of [${tensor.shape}].` };
      }
      const [a, b] = [numbersOf(tensor), numbersOf(other)];
      if (!a || !b) return { kind: 'unverified', reason: `${tensor.dtype} is not compared` };
      const scale = a.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
      for (const [at, value] of a.entries()) {
        const difference = distance(value, b[at] as number) / scale;
        largest = Math.max(largest, difference);
        if (difference <= tolerance) continue;
        const on = (rounds[round] ?? []).flatMap((input, k) =>
          input.size === a.length ? [`${names[k]} = ${numbersOf(input)?.[at]?.toPrecision(5)}`] : [],
        );
        const place = on.length > 0 ? on.join(', ') : `element ${at} of sampled inputs`;
        return {
          kind: 'differs',
          detail: `for ${place} the replacement gives ${(b[at] as number).toPrecision(6)} in place of ${value.toPrecision(6)}: a difference of ${difference.toPrecision(2)}${scale > 1 ? ' relative to the largest result' : ''}, where ${tolerance} is allowed.`,
        };
      }
    }
  }
  return { kind: 'same', largest };
}

function distance(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

function numbersOf(tensor: Tensor): number[] | undefined {
  const { kind, bytes } = dtypes[tensor.dtype];
  if (kind === 'string' || kind === 'complex' || bytes < 1 || (kind === 'float' && bytes === 2)) return undefined;
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Uniform numbers of a range, whole ones for integers, the same at every run; undefined for what has no such values. */
function sample(type: Type, [least, most]: SampleRange, seed: string): Tensor | undefined {
  if (type.kind !== 'tensor' || type.shape === null) return undefined;
  const { dtype } = type;
  const { kind, bytes } = dtypes[dtype];
  if (dtype === 'string' || kind === 'complex' || bytes < 1 || (kind === 'float' && bytes === 2)) return undefined;
  const shape = type.shape.map((size) => size ?? FREE_SIZE);
  const data = allocate(dtype, elementCount(shape));
  const next = generator(seed);
  const low = kind === 'uint' ? Math.max(0, Math.ceil(least)) : Math.ceil(least);
  for (let i = 0; i < data.length; i++) {
    const unit = next();
    if (kind === 'float') data[i] = least + (most - least) * unit;
    else if (kind === 'bool') data[i] = unit < 0.5 ? 0 : 1;
    else {
      const whole = low + Math.floor(unit * Math.max(1, Math.floor(most) - low + 1));
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(whole);
      else data[i] = whole;
    }
  }
  return Tensor.from(dtype, shape, data);
}

/** mulberry32, seeded by the FNV-1a hash of a text. */
function generator(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
