import type { Limit } from '../quantity.js';
import type { GateChange } from './gate-change.js';

type Looser = (from: unknown, to: unknown) => boolean;

export interface Rule {
  readonly kind: GateChange['kind'];
  readonly looser: Looser;
}

const always: Looser = () => true;
const never: Looser = () => false;

/** A limit from above: looser without it, with a greater number, and in another measure. */
const upper: Looser = (from, to) => from !== undefined && (to === undefined || !(compare(from, to) >= 0));
const lower: Looser = (from, to) => from !== undefined && (to === undefined || !(compare(from, to) <= 0));
const becomes =
  (value: unknown): Looser =>
  (_, to) =>
    to === value;
/** A list of what is allowed: nothing said allows everything. */
const allowed: Looser = (from, to) => from !== undefined && (to === undefined || !isSubset(to, from));
/** A list of what is checked or denied. */
const required: Looser = (from, to) => !isSubset(from, to);

/** By what is last in a path, or its last two parts; the first that fits counts. */
const rules: readonly (readonly [RegExp, Rule])[] = [
  [/\.limits\.strict$/, { kind: 'limit', looser: becomes(false) }],
  [/\.limits\..*\.min$/, { kind: 'limit', looser: lower }],
  [/\.limits\.ops\.allow$/, { kind: 'limit', looser: allowed }],
  [/\.limits\.ops\.deny$/, { kind: 'limit', looser: required }],
  [/\.limits\./, { kind: 'limit', looser: upper }],
  [/\.select-tf-ops$/, { kind: 'permission', looser: becomes(true) }],
  [/\.allow-custom-ops$/, { kind: 'permission', looser: allowed }],
  [/^allow-/, { kind: 'permission', looser: becomes(true) }],
  [/\.engine$/, { kind: 'permission', looser: (_, to) => to !== 'native' }],
  [/\.verify$/, { kind: 'check', looser: becomes('none') }],
  [/\.baseline$/, { kind: 'check', looser: (from) => from !== 'none' }],
  [/\.evaluate\.metrics$/, { kind: 'check', looser: never }],
  [/\.evaluate\./, { kind: 'data', looser: always }],
  [/\.signatures$/, { kind: 'definition', looser: allowedOnly }],
  [/^fail-on$/, { kind: 'policy', looser: required }],
  [/^report\.(?:comment|annotations)$/, { kind: 'policy', looser: becomes(false) }],
  [/^report\./, { kind: 'policy', looser: never }],
  [/^(?:workers|memory)$/, { kind: 'policy', looser: never }],
  [/^models\./, { kind: 'definition', looser: never }],
];

/** What is not listed is a permission, as are the runtime and the Python to run, and where results are kept. */
const other: Rule = { kind: 'permission', looser: always };

/** How to judge a change of what stands at a path. */
export function ruleFor(path: string): Rule {
  return rules.find(([pattern]) => pattern.test(path))?.[1] ?? other;
}

/** Of signatures, nothing said means all: fewer are fewer that are checked. */
function allowedOnly(from: unknown, to: unknown): boolean {
  return to !== undefined && (from === undefined || !isSubset(from, to));
}

/** NaN where the two are not in the same measure. */
function compare(from: unknown, to: unknown): number {
  if (typeof from === 'number' && typeof to === 'number') return Math.sign(from - to);
  const [a, b] = [from as Limit, to as Limit];
  if ('relative' in a && 'relative' in b) return Math.sign(a.relative - b.relative);
  return 'absolute' in a && 'absolute' in b ? Math.sign(a.absolute - b.absolute) : Number.NaN;
}

function isSubset(some: unknown, all: unknown): boolean {
  return (some as readonly unknown[]).every((each) => (all as readonly unknown[]).includes(each));
}
