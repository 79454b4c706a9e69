import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { sameType } from '#ir/type.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Add, Div, LogicalAnd, LogicalOr, Maximum, Minimum, Mul, Neg, Sub } from '../ops/elementwise.js';

function isFloat(value: Value): boolean {
  return value.type.kind === 'tensor' && value.type.dtype === 'float32';
}

/** The operand of a negation. */
function negated(value: Value): Value | undefined {
  const op = value.producer;
  return op?.isOneOf(Neg) ? op.operand(0) : undefined;
}

/** Whether every element of a float32 constant is this number. */
function isEverywhere(value: Value, number: number): boolean {
  const tensor = constantOf(value);
  // Nobody adds a large deferred tensor of zeros; it is not read to find out.
  if (tensor?.dtype !== 'float32' || tensor.size === 0 || tensor.deferred) return false;
  return (tensor.data as Float32Array).every((x) => x === number);
}

/** Whether the op's result is certainly of the shape of this operand. */
function keepsShape(operand: Value, op: Op): boolean {
  const { type } = operand;
  return type.kind === 'tensor' && type.shape !== null && sameType(type, op.result().type);
}

/** `x × 1`, `x / 1`, `x + 0`, `x − 0` are x, to the last bit (but for the sign of a zero). */
const neutral: Rewrite = {
  name: 'neutral',
  anchors: [Add, Sub, Mul, Div],
  rewrite(op) {
    if (op.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation is fused');
    const [a, b] = [op.operand(0), op.operand(1)];
    const number = op.isOneOf(Mul) || op.isOneOf(Div) ? 1 : 0;
    if (isEverywhere(b, number) && keepsShape(a, op)) return [a];
    const commutes = op.isOneOf(Add) || op.isOneOf(Mul);
    if (commutes && isEverywhere(a, number) && keepsShape(b, op)) return [b];
    return noMatch('neither operand is neutral');
  },
};

/** Whether negating the product instead costs nothing: the negation goes, and the product is no larger. */
function mayMove(negation: Value, product: Op): boolean {
  return negation.hasOneUse && keepsShape(negation, product);
}

/** Negations are exact, so they may move: `a + −b` is `a − b`, `−a × b` is `−(a × b)`, `−−a` is a. */
const negation: Rewrite = {
  name: 'negation',
  anchors: [Add, Sub, Mul, Neg],
  rewrite(op, build) {
    const a = op.operand(0);
    if (!isFloat(a)) return noMatch('it is not float32');
    if (op.isOneOf(Neg)) {
      const inner = negated(a);
      return inner ? [inner] : noMatch('its operand is not negated');
    }
    const b = op.operand(1);
    const [minusA, minusB] = [negated(a), negated(b)];
    const { attributes } = op;
    if (op.isOneOf(Mul)) {
      if (minusA && minusB) return [build.value(Mul, [minusA, minusB], op.attributes)];
      if (op.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation is fused');
      if (minusA && !constantOf(b) && mayMove(a, op)) {
        return [build.value(Neg, [build.value(Mul, [minusA, b], op.attributes)], {})];
      }
      if (minusB && !constantOf(a) && mayMove(b, op)) {
        return [build.value(Neg, [build.value(Mul, [a, minusB], op.attributes)], {})];
      }
      return constantNegation(op, minusA, minusB, build.constant.bind(build), (x, y) =>
        build.value(Mul, [x, y], op.attributes),
      );
    }
    const other = op.isOneOf(Add) ? Sub : Add;
    const options = { ...other.options, ...attributes };
    const positiveB = minusB ?? withoutNegatedFactor(b, build);
    if (positiveB) return [build.value(other, [a, positiveB], options)];
    const positiveA = op.isOneOf(Add) ? (minusA ?? withoutNegatedFactor(a, build)) : undefined;
    if (positiveA) return [build.value(Sub, [b, positiveA], options)];
    return noMatch('neither operand is negated');
  },
};

/** `a × b` where the value is `−a × b`; undefined where no factor is negated. */
function withoutNegatedFactor(value: Value, build: RewriteBuilder): Value | undefined {
  const factors = factorsOf(value);
  const [a, b] = factors ?? [];
  const minus = a && b && (negated(a) ? ([negated(a), b] as const) : ([a, negated(b)] as const));
  if (!minus?.[0] || !minus[1]) return undefined;
  return build.value(Mul, minus, { fused_activation_function: 'NONE' });
}

function constantNegation(
  op: Op,
  minusA: Value | undefined,
  minusB: Value | undefined,
  constant: (tensor: Tensor) => Value,
  multiply: (a: Value, b: Value) => Value,
): readonly Value[] | ReturnType<typeof noMatch> {
  const value = minusA ?? minusB;
  const factor = constantOf(op.operand(minusA ? 1 : 0));
  if (!value || factor?.dtype !== 'float32') return noMatch('neither operand is negated');
  const flipped = Tensor.from(
    'float32',
    factor.shape,
    (factor.data as Float32Array).map((x) => -x),
  );
  return [multiply(value, constant(flipped))];
}

/** `(x × c) × d` is `x × (c d)` and `(x + c) + d` is `x + (c + d)`, for constants of one shape or a single number. */
const chained: Rewrite = {
  name: 'chained',
  anchors: [Add, Mul],
  rewrite(op, build) {
    const inner = op.operand(0).producer;
    const [outerConstant, innerConstant] = [constantOf(op.operand(1)), constantOf(inner?.operands[1])];
    if (!inner || inner.definition !== op.definition) return noMatch('its operand is not of the same kind');
    if (!op.operand(0).hasOneUse) return noMatch('the inner result has other users');
    if (inner.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation stands between');
    if (outerConstant?.dtype !== 'float32' || innerConstant?.dtype !== 'float32')
      return noMatch('both must be constants');
    const combined = combine(innerConstant, outerConstant, op.isOneOf(Mul) ? (x, y) => x * y : (x, y) => x + y);
    if (!combined) return noMatch('the constants are of different shapes, or too large or small together');
    return [build.fuse(inner).value(op.definition, [inner.operand(0), build.constant(combined)], op.attributes)];
  },
};

function combine(a: Tensor, b: Tensor, compute: (x: number, y: number) => number): Tensor | undefined {
  const [large, small] = a.size >= b.size ? [a, b] : [b, a];
  const same = a.size === b.size && a.rank === b.rank && a.shape.every((dim, i) => dim === b.shape[i]);
  if (!same && !(small.size === 1 && small.rank <= large.rank)) return undefined;
  const [x, y] = [large.data as Float32Array, small.data as Float32Array];
  const result = x.map((value, i) => compute(value, y[same ? i : 0] as number));
  // What overflows or underflows here may have been in range at run time, one step after the other.
  const inRange = result.every(
    (value, i) => Number.isFinite(value) && (value !== 0 || compute(x[i] as number, y[same ? i : 0] as number) === 0),
  );
  return inRange ? Tensor.from('float32', large.shape, result) : undefined;
}

/** The factors of a product without an activation. */
function factorsOf(value: Value): readonly [Value, Value] | undefined {
  const op = value.producer;
  if (!op?.isOneOf(Mul) || op.attributes['fused_activation_function'] !== 'NONE' || !value.hasOneUse) return undefined;
  return [op.operand(0), op.operand(1)];
}

/** `x s + (b − m s)`, as normalisations are often written, is `(x − m) s + b`: an op less, and more exact. */
const distributive: Rewrite = {
  name: 'distributive',
  anchors: [Add],
  rewrite(op, build) {
    for (const [i, j] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const left = factorsOf(op.operand(i));
      const difference = op.operand(j).producer;
      if (!left || !difference?.isOneOf(Sub) || !op.operand(j).hasOneUse) continue;
      if (difference.attributes['fused_activation_function'] !== 'NONE') continue;
      const right = factorsOf(difference.operand(1));
      const shared = left.find((factor) => right?.includes(factor));
      if (!right || !shared || constantOf(shared)) continue;
      const [x, m] = [left, right].map((pair) => pair[pair[0] === shared ? 1 : 0]) as [Value, Value];
      if (!sameShapeAs(x, op.result())) continue;
      const plain = { ...Sub.options };
      const centred = build.value(Sub, [x, m], plain);
      const scaled = build.value(Mul, [centred, shared], { fused_activation_function: 'NONE' });
      return [build.value(Add, [scaled, difference.operand(0)], { ...Add.options, ...op.attributes })];
    }
    return noMatch('it is not x s + (b − m s)');
  },
};

/** Whether x is as large as the result, so that no smaller intermediate result becomes a larger one. */
function sameShapeAs(x: Value, result: Value): boolean {
  return sameType(x.type, result.type) && x.type.kind === 'tensor' && x.type.dtype === 'float32';
}

/** `x and x`, the larger of x and x, are x. */
const twice: Rewrite = {
  name: 'twice',
  anchors: [LogicalAnd, LogicalOr, Maximum, Minimum],
  rewrite: (op) => (op.operand(0) === op.operand(1) ? [op.operand(0)] : noMatch('its operands differ')),
};

/** Constants stand on the right, where the other rewrites look for them. */
const constantRight: Rewrite = {
  name: 'constant-right',
  anchors: [Add, Mul],
  rewrite(op, build) {
    if (!constantOf(op.operand(0)) || constantOf(op.operand(1)))
      return noMatch('the left side is not the constant one');
    return [build.value(op.definition, [op.operand(1), op.operand(0)], op.attributes)];
  },
};

export const simplifyArithmetic = rewritePass({
  name: 'simplify-arithmetic',
  summary: 'Removes neutral operations and negations, and merges chains of additions or multiplications by constants.',
  rewrites: [constantRight, neutral, negation, chained, distributive, twice],
});
