import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { sameType } from '#ir/type.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Gelu } from '#tflite/ops/activation.js';
import { Mul } from '../ops/elementwise.js';

/** Relative difference up to which a constant counts as the one of the formula: they are rounded to float32. */
const TOLERANCE = 1e-6;

function near(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) <= TOLERANCE * Math.abs(wanted);
}

/** The number that a constant of one element holds. */
function scalar(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  return tensor?.size === 1 && tensor.dtype === 'float32' ? Number(tensor.data[0]) : undefined;
}

interface Product {
  /** The constant factors, multiplied. */
  readonly factor: number;
  /** All other factors, in no particular order. */
  readonly rest: readonly Value[];
}

/** Takes a tree of multiplications, negations and divisions by a number apart, down to the values of `whole`. */
function factorsOf(value: Value, whole: ReadonlySet<Value>, depth = 8): Product {
  const number = scalar(value);
  if (number !== undefined) return { factor: number, rest: [] };
  const op = value.producer;
  if (!op || depth === 0 || whole.has(value)) return { factor: 1, rest: [value] };
  if (op.name === 'tf.Neg') return scaled(factorsOf(op.operand(0), whole, depth - 1), -1);
  const divisor = op.name === 'tf.RealDiv' || op.name === 'tf.Div' ? scalar(op.operand(1)) : undefined;
  if (divisor !== undefined) return scaled(factorsOf(op.operand(0), whole, depth - 1), 1 / divisor);
  if (op.name === 'tf.Square') return power(factorsOf(op.operand(0), whole, depth - 1), 2);
  const exponent = op.name === 'tf.Pow' ? scalar(op.operand(1)) : undefined;
  if (exponent === 2 || exponent === 3) return power(factorsOf(op.operand(0), whole, depth - 1), exponent);
  if (op.name !== 'tf.Mul') return { factor: 1, rest: [value] };
  const a = factorsOf(op.operand(0), whole, depth - 1);
  const b = factorsOf(op.operand(1), whole, depth - 1);
  return { factor: a.factor * b.factor, rest: [...a.rest, ...b.rest] };
}

function scaled({ factor, rest }: Product, by: number): Product {
  return { factor: factor * by, rest };
}

function power({ factor, rest }: Product, exponent: number): Product {
  return { factor: factor ** exponent, rest: Array.from({ length: exponent }, () => rest).flat() };
}

/** The factors of a product and, where a factor is a product or scaled itself, what is in it, three levels down. */
function nestedFactors(value: Value, depth = 3): Value[] {
  const op = value.producer;
  if (!op || depth === 0) return [value];
  const scales = op.name === 'tf.Neg' || ((op.name === 'tf.RealDiv' || op.name === 'tf.Div') && scalar(op.operand(1)));
  if (scales) return [value, ...nestedFactors(op.operand(0), depth - 1)];
  if (op.name !== 'tf.Mul') return [value];
  return [value, ...nestedFactors(op.operand(0), depth - 1), ...nestedFactors(op.operand(1), depth - 1)];
}

/** The other operand of `1 + y`. */
function onePlus(value: Value): Op | undefined {
  const op = value.producer;
  if (op?.name !== 'tf.AddV2' && op?.name !== 'tf.Add') return undefined;
  if (scalar(op.operand(0)) === 1) return op.operand(1).producer;
  return scalar(op.operand(1)) === 1 ? op.operand(0).producer : undefined;
}

/** Whether `value` is `factor` times x, `exponent` times over. */
function isScaled(value: Value, x: Value, factor: number, exponent = 1): boolean {
  const { factor: found, rest } = factorsOf(value, new Set([x]));
  return near(found, factor) && rest.length === exponent && rest.every((part) => part === x);
}

/** √(2/π) (x + 0.044715 x³), factored out or multiplied through. */
function isTanhArgument(value: Value, x: Value): boolean {
  const { factor, rest } = factorsOf(value, new Set([x]));
  const cubic = 0.044715;
  const outer = Math.sqrt(2 / Math.PI);
  const sum = rest.length === 1 ? rest[0]?.producer : undefined;
  if (sum?.name === 'tf.AddV2' || sum?.name === 'tf.Add') {
    const inner = outer / factor;
    const [a, b] = [sum.operand(0), sum.operand(1)];
    const fits = (linear: Value, cube: Value): boolean =>
      isScaled(linear, x, inner) && isScaled(cube, x, inner * cubic, 3);
    return fits(a, b) || fits(b, a);
  }
  // x · √(2/π) (1 + 0.044715 x²)
  const polynomial = rest.length === 2 && near(factor, outer) ? rest.find((part) => part !== x) : undefined;
  const square = polynomial && onePlus(polynomial);
  return rest.includes(x) && square !== undefined && isScaled(square.result(), x, cubic, 2);
}

/** Which GELU the factor next to `0.5 x` makes, if any. */
function kindOf(gate: Value, x: Value): 'exact' | 'tanh' | undefined {
  const erfc = gate.producer;
  if (erfc?.name === 'tf.Erfc') return isScaled(erfc.operand(0), x, -Math.SQRT1_2) ? 'exact' : undefined;
  const inner = onePlus(gate);
  if (inner?.name === 'tf.Erf') return isScaled(inner.operand(0), x, Math.SQRT1_2) ? 'exact' : undefined;
  if (inner?.name === 'tf.Tanh') return isTanhArgument(inner.operand(0), x) ? 'tanh' : undefined;
  return undefined;
}

const gelu: Rewrite = {
  name: 'gelu',
  anchors: [Mul],
  rewrite(op, build) {
    const factors = nestedFactors(op.result()).slice(1);
    for (const gate of factors) {
      for (const x of factors) {
        const kind = gate === x ? undefined : kindOf(gate, x);
        if (kind === undefined || x.type.kind !== 'tensor' || x.type.dtype !== 'float32') continue;
        const { factor, rest } = factorsOf(op.result(), new Set([x, gate]));
        if (rest.length !== 2 || !rest.includes(x) || !rest.includes(gate) || !near(factor, 0.5)) continue;
        // A constant of one element may yet add dimensions.
        if (x.type.shape === null || !sameType(x.type, op.result().type)) continue;
        return [build.value(Gelu, [x], { approximate: kind === 'tanh' })];
      }
    }
    return noMatch('it is not 0.5 x times 1 + erf(x/√2), erfc(−x/√2) or 1 + tanh(√(2/π) (x + 0.044715 x³))');
  },
};

export const recogniseGelu = rewritePass({
  name: 'recognise-gelu',
  summary: 'Makes one GELU of its exact (erf, erfc) and approximate (tanh) formulas, however they are multiplied out.',
  rewrites: [gelu],
});
