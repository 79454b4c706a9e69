import type { Op } from '#ir/graph.js';
import { type Dimension, divideExactly, multiply, product } from './dimension.js';
import type { Facts } from './facts.js';

type Content = readonly (Dimension | undefined)[] | undefined;

/** The elements of an op's results as far as they are sizes. */
type ContentRule = (op: Op, facts: Facts) => readonly Content[];

function rankOf(op: Op, operand: number): number | undefined {
  const type = op.operands[operand]?.type;
  return type?.kind === 'tensor' ? type.shape?.length : undefined;
}

const sameContent: ContentRule = (op, facts) => [facts.contentOf(op.operands[0])];

/** A computation element by element, a scalar standing for every element of the other side. */
const elementwise =
  (combine: (a: Dimension, b: Dimension) => Dimension | undefined): ContentRule =>
  (op, facts) => {
    const a = facts.contentOf(op.operands[0]);
    const b = facts.contentOf(op.operands[1]);
    if (!a || !b) return [undefined];
    const length = Math.max(a.length, b.length);
    if ((a.length !== length && a.length !== 1) || (b.length !== length && b.length !== 1)) return [undefined];
    return [
      Array.from({ length }, (_, i) => {
        const x = a[a.length === 1 ? 0 : i];
        const y = b[b.length === 1 ? 0 : i];
        return x && y && combine(x, y);
      }),
    ];
  };

const prod: ContentRule = (op, facts) => {
  const content = facts.contentOf(op.operands[0]);
  if (!content || rankOf(op, 0) !== 1 || facts.integersOf(op.operands[1])?.length !== 1) return [undefined];
  if (content.some((element) => element === undefined)) return [[undefined]];
  return [[product(content as readonly Dimension[])]];
};

const size: ContentRule = (op, facts) => {
  const shape = facts.shapeOf(op.operands[0]);
  return [shape && [product(shape)]];
};

const pack: ContentRule = (op, facts) => {
  if (op.operands.some((_, i) => rankOf(op, i) !== 0)) return [undefined];
  return [op.operands.map((operand) => facts.contentOf(operand)?.[0])];
};

/** Joins vectors; one of which nothing is known but its length gives unknown elements. */
const concat: ContentRule = (op, facts) => {
  const joined: (Dimension | undefined)[] = [];
  for (const operand of op.operands.slice(0, -1)) {
    const shape = operand?.type.kind === 'tensor' ? operand.type.shape : null;
    if (shape?.length !== 1 || typeof shape[0] !== 'number' || shape[0] > 32) return [undefined];
    joined.push(...(facts.contentOf(operand) ?? new Array<undefined>(shape[0]).fill(undefined)));
  }
  return [joined];
};

const gather: ContentRule = (op, facts) => {
  const content = facts.contentOf(op.operands[0]);
  const indices = facts.integersOf(op.operands[1]);
  if (rankOf(op, 0) !== 1) return [undefined];
  return [content && indices?.map((index) => content[index])];
};

const slice: ContentRule = (op, facts) => {
  const content = facts.contentOf(op.operands[0]);
  const [begin] = facts.integersOf(op.operands[1]) ?? [];
  const [length] = facts.integersOf(op.operands[2]) ?? [];
  if (!content || rankOf(op, 0) !== 1 || begin === undefined || length === undefined) return [undefined];
  return [content.slice(begin, length < 0 ? undefined : begin + length)];
};

const stridedSlice: ContentRule = (op, facts) => {
  const content = facts.contentOf(op.operands[0]);
  const [begin] = facts.integersOf(op.operands[1]) ?? [];
  const [end] = facts.integersOf(op.operands[2]) ?? [];
  const [stride] = facts.integersOf(op.operands[3]) ?? [];
  const mask = (name: string): boolean => (Number(op.attributes[name] ?? 0) & 1) === 1;
  if (!content || rankOf(op, 0) !== 1 || begin === undefined || end === undefined || stride !== 1) return [undefined];
  if (mask('ellipsis_mask') || mask('new_axis_mask')) return [undefined];
  if (mask('shrink_axis_mask')) return [[content.at(begin)]];
  return [content.slice(mask('begin_mask') ? undefined : begin, mask('end_mask') ? undefined : end)];
};

const parts =
  (operand: number): ContentRule =>
  (op, facts) => {
    const content = facts.contentOf(op.operands[operand]);
    if (!content || rankOf(op, operand) !== 1) return [];
    const length = content.length / op.results.length;
    return op.results.map((_, i) => content.slice(i * length, (i + 1) * length));
  };

export const contentRules: ReadonlyMap<string, ContentRule> = new Map<string, ContentRule>(
  Object.entries({
    Shape: ((op, facts) => [facts.shapeOf(op.operands[0])]) satisfies ContentRule,
    Size: size,
    Identity: sameContent,
    StopGradient: sameContent,
    Reshape: sameContent,
    ExpandDims: sameContent,
    Squeeze: sameContent,
    // Between integers: contents of other types are not followed, and sizes fit in both.
    Cast: sameContent,
    Mul: elementwise(multiply),
    FloorDiv: elementwise(divideExactly),
    Div: elementwise(divideExactly),
    Prod: prod,
    Pack: pack,
    ConcatV2: concat,
    Gather: gather,
    GatherV2: gather,
    Slice: slice,
    StridedSlice: stridedSlice,
    Unpack: parts(0),
    Split: parts(1),
  }).map(([name, rule]) => [`tf.${name}`, rule]),
);
