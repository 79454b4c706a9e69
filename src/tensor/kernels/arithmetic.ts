import type { BinaryKernel, UnaryKernel } from './map.js';
import { larger, smaller } from './numbers.js';

const { fround } = Math;

/** TensorFlow's functions of one element, by its own names. */
export const unaryKernels = {
  Abs: { number: Math.abs, bigint: (x) => (x < 0n ? -x : x) },
  Neg: { number: (x) => -x, bigint: (x) => -x },
  Sign: {
    number: (x) => (x > 0 ? 1 : x < 0 ? -1 : Number.isNaN(x) ? x : 0),
    bigint: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  },
  Square: { number: (x) => x * x, integer: (x) => Math.imul(x, x), bigint: (x) => x * x },
  Sqrt: { number: Math.sqrt },
  // The reciprocal of the root as float32: within half a unit of float32 where both steps are in float64.
  Rsqrt: { number: (x) => 1 / Math.sqrt(x) },
  Exp: { number: Math.exp },
  Expm1: { number: Math.expm1 },
  Log: { number: Math.log },
  Log1p: { number: Math.log1p },
  Sin: { number: Math.sin },
  Cos: { number: Math.cos },
  Tan: { number: Math.tan },
  Asin: { number: Math.asin },
  Acos: { number: Math.acos },
  Atan: { number: Math.atan },
  Sinh: { number: Math.sinh },
  Cosh: { number: Math.cosh },
  Asinh: { number: Math.asinh },
  Acosh: { number: Math.acosh },
  Atanh: { number: Math.atanh },
  Tanh: { number: Math.tanh },
  Sigmoid: { number: (x) => 1 / (1 + Math.exp(-x)) },
  Floor: { number: Math.floor, bigint: (x) => x },
  Ceil: { number: Math.ceil, bigint: (x) => x },
  Round: { number: roundHalfToEven, bigint: (x) => x },
  Rint: { number: roundHalfToEven },
  Reciprocal: { number: (x) => 1 / x },
  LogicalNot: { number: (x) => 1 - x },
  IsNan: { number: (x) => (Number.isNaN(x) ? 1 : 0) },
  IsInf: { number: (x) => (x === Infinity || x === -Infinity ? 1 : 0) },
  IsFinite: { number: (x) => (Number.isFinite(x) ? 1 : 0) },
  Invert: { number: (x) => ~x, bigint: (x) => ~x },
} as const satisfies Record<string, UnaryKernel>;

/** TensorFlow's functions of two elements, by its own names. */
export const binaryKernels = {
  Add: { number: (x, y) => x + y, bigint: (x, y) => x + y, operator: '+' },
  Sub: { number: (x, y) => x - y, bigint: (x, y) => x - y, operator: '-' },
  Mul: { number: (x, y) => x * y, integer: Math.imul, bigint: (x, y) => x * y, operator: '*' },
  RealDiv: { number: (x, y) => x / y, operator: '/' },
  TruncateDiv: {
    number: (x, y) => Math.trunc(fround(x / y)),
    exact: (x, y) => Math.trunc(x / y),
    bigint: (x, y) => x / y,
  },
  // In float32 the quotient is rounded first, and may thereby reach the next whole number.
  FloorDiv: { number: (x, y) => Math.floor(fround(x / y)), exact: (x, y) => Math.floor(x / y), bigint: floorDivBig },
  FloorMod: { number: floorMod, bigint: floorModBig },
  TruncateMod: { number: (x, y) => x % y, bigint: (x, y) => x % y },
  DivNoNan: { number: (x, y) => (y === 0 ? 0 : x / y) },
  MulNoNan: { number: (x, y) => (y === 0 ? 0 : x * y) },
  Xdivy: { number: (x, y) => (x === 0 ? 0 : x / y) },
  Xlogy: { number: (x, y) => (x === 0 ? 0 : x * Math.log(y)) },
  Xlog1py: { number: (x, y) => (x === 0 ? 0 : x * Math.log1p(y)) },
  Maximum: { number: (x, y) => (x > y || Number.isNaN(x) ? x : y), bigint: larger },
  Minimum: { number: (x, y) => (x < y || Number.isNaN(x) ? x : y), bigint: smaller },
  Pow: { number: (x, y) => x ** y, integer: integerPower, bigint: (x, y) => BigInt.asIntN(64, x ** y) },
  SquaredDifference: {
    number: (x, y) => fround(x - y) ** 2,
    exact: (x, y) => (x - y) ** 2,
    integer: (x, y) => Math.imul(x - y, x - y),
    bigint: (x, y) => (x - y) * (x - y),
  },
  Atan2: { number: Math.atan2 },
  Equal: { number: (x, y) => (x === y ? 1 : 0), bigint: (x, y) => (x === y ? 1 : 0) },
  NotEqual: { number: (x, y) => (x !== y ? 1 : 0), bigint: (x, y) => (x !== y ? 1 : 0) },
  Greater: { number: (x, y) => (x > y ? 1 : 0), bigint: (x, y) => (x > y ? 1 : 0) },
  GreaterEqual: { number: (x, y) => (x >= y ? 1 : 0), bigint: (x, y) => (x >= y ? 1 : 0) },
  Less: { number: (x, y) => (x < y ? 1 : 0), bigint: (x, y) => (x < y ? 1 : 0) },
  LessEqual: { number: (x, y) => (x <= y ? 1 : 0), bigint: (x, y) => (x <= y ? 1 : 0) },
  LogicalAnd: { number: (x, y) => x & y },
  LogicalOr: { number: (x, y) => x | y },
  BitwiseAnd: { number: (x, y) => x & y, bigint: (x, y) => x & y },
  BitwiseOr: { number: (x, y) => x | y, bigint: (x, y) => x | y },
  BitwiseXor: { number: (x, y) => x ^ y, bigint: (x, y) => x ^ y },
} as const satisfies Record<string, BinaryKernel>;

/** Rounds to the nearest whole number, halves to the even one, as TensorFlow's Round and Rint do. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return x < 0 && floor === 0 ? -0 : floor;
  if (rest > 0.5) return Math.ceil(x);
  return floor % 2 === 0 ? floor : Math.ceil(x);
}

function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

function floorDivBig(x: bigint, y: bigint): bigint {
  const quotient = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

function floorModBig(x: bigint, y: bigint): bigint {
  const rest = x % y;
  return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
}

function integerPower(base: number, exponent: number): number {
  let result = 1;
  for (let factor = base, left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}
