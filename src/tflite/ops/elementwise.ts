import type { DType } from '#tensor/dtype.js';
import { compatibleShapes } from '#tensor/shape.js';
import { defineTflOp, type QuantizationConstraint } from '../define-op.js';
import { activated, binary, scaled, unary } from './elementwise-row.js';
import { dtypeAt, type HasOperands, likeOperand, tensorAt } from './infer.js';
import { floatTypes, quantizedBytes, quantizedTypes } from './kernel-types.js';
import { broadcastsBeyondFour, isQuantized, versionByDtype } from './versions.js';

const sameScale: readonly QuantizationConstraint[] = [{ kind: 'sameScale' }];
const fragile: readonly QuantizationConstraint[] = [{ kind: 'fragile' }];

export const Add = scaled('ADD', {
  summary: 'x + y',
  kernels: ['float32', 'float16', 'int32', 'int64', 'int16'],
  quantizedKernels: quantizedTypes,
  version(op) {
    if (dtypeAt(op, 0) === 'int16' && !isQuantized(op.operands[0])) return 5;
    return versionByDtype({ float16: 6, int64: 4, int8: 2 })(op);
  },
});

export const Sub = scaled('SUB', {
  summary: 'x − y',
  kernels: ['float32', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  version(op) {
    if (dtypeAt(op, 0) === 'int64') return 4;
    if (broadcastsBeyondFour(op)) return 3;
    return dtypeAt(op, 0) === 'int8' ? 2 : 1;
  },
});

export const Mul = activated('MUL', {
  summary: 'x × y',
  kernels: ['float32', 'float16', 'int32', 'int64', 'uint32', 'int16', 'complex64'],
  quantizedKernels: quantizedTypes,
  version(op) {
    if (dtypeAt(op, 0) === 'int16' && !isQuantized(op.operands[0])) return 7;
    const version = versionByDtype({ float16: 8, uint32: 7, complex64: 6, int64: 5, int16: 4, int8: 2 })(op);
    return version < 3 && rescalesUp(op) ? 3 : version;
  },
});

/** Whether the product of the operands' scales is no less than the result's. */
function rescalesUp(op: HasOperands & { readonly results?: readonly { readonly type: { readonly kind: string } }[] }) {
  const scales = [op.operands[0]?.type, op.operands[1]?.type, op.results?.[0]?.type].map((type) =>
    type?.kind === 'tensor' && 'quantization' in type
      ? (type.quantization as { readonly scale: readonly number[] } | undefined)?.scale[0]
      : undefined,
  );
  const [x, y, result] = scales;
  return x !== undefined && y !== undefined && result !== undefined && (x * y) / result >= 1;
}

export const Div = activated('DIV', {
  summary: 'x ÷ y, towards zero for integers',
  kernels: ['float32', 'int32'],
  quantizedKernels: quantizedBytes,
  version: (op) => (broadcastsBeyondFour(op) ? 2 : 1),
  quantization: [{ kind: 'notZero', operand: 1 }],
});

export const SquaredDifference = binary('SQUARED_DIFFERENCE', {
  summary: '(x − y)²',
  kernels: ['float32', 'int32'],
  quantizedKernels: ['int8'],
  version: versionByDtype({ int8: 2 }),
  quantization: fragile,
});

function extremum(op: HasOperands): number {
  if (dtypeAt(op, 0) === 'int16') return 4;
  if (broadcastsBeyondFour(op)) return 3;
  return dtypeAt(op, 0) === 'int8' ? 2 : 1;
}

export const Maximum = binary('MAXIMUM', {
  summary: 'The greater of x and y',
  kernels: ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  version: extremum,
  quantization: sameScale,
});

export const Minimum = binary('MINIMUM', {
  summary: 'The less of x and y',
  kernels: ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  version: extremum,
  quantization: sameScale,
});

export const Pow = binary('POW', { summary: 'x to the power y', kernels: ['float32', 'int32'] });

export const FloorDiv = binary('FLOOR_DIV', {
  summary: 'x ÷ y, rounded down',
  kernels: ['float32', 'int32', 'int16', 'int8'],
  version: versionByDtype({ int16: 3, int8: 3, float32: 2 }),
});

export const FloorMod = binary('FLOOR_MOD', {
  summary: 'The rest of x ÷ y rounded down',
  kernels: ['float32', 'int32', 'int64', 'int16', 'int8'],
  version: versionByDtype({ int16: 2, int8: 2 }),
});

export const Atan2 = defineTflOp({
  name: 'atan2',
  builtin: 'ATAN2',
  summary: 'The angle of the point (x, y); both of one shape',
  options: {},
  operands: ['y', 'x'],
  infer: likeOperand(),
  kernels: ['float32', 'float16', 'float64'],
  operandKernels: { 1: ['float32', 'float16', 'float64'] },
  kernelLimit: (op) =>
    compatibleShapes(tensorAt(op, 0).shape, tensorAt(op, 1).shape) ? undefined : 'it does not broadcast',
});

export const BitwiseXor = binary('BITWISE_XOR', {
  summary: 'Bitwise exclusive or',
  kernels: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
});

export const RightShift = binary('RIGHT_SHIFT', {
  summary: 'Bitwise shift to the right, arithmetic for signed integers',
  kernels: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
});

const comparable: readonly DType[] = ['float32', 'float16', 'int32', 'int64'];
const equatable: readonly DType[] = [...comparable, 'bool', 'string'];

function comparison(
  builtin: string,
  summary: string,
  kernels: readonly DType[],
  versions: Partial<Record<DType, number>>,
) {
  return binary(builtin, {
    summary,
    kernels,
    quantizedKernels: quantizedBytes,
    result: 'bool',
    version: versionByDtype(versions),
    quantization: [{ kind: 'sameScale' }, { kind: 'scaleBelow', limit: 1 }],
  });
}

export const Equal = comparison('EQUAL', 'x = y', [...equatable, 'int16'], { int16: 5, string: 3, int8: 2 });
export const NotEqual = comparison('NOT_EQUAL', 'x ≠ y', equatable, { int16: 4, string: 3, int8: 2 });
export const Greater = comparison('GREATER', 'x > y', comparable, { int8: 2 });
export const GreaterEqual = comparison('GREATER_EQUAL', 'x ≥ y', [...comparable, 'int16'], { int16: 3, int8: 2 });
export const Less = comparison('LESS', 'x < y', [...comparable, 'int16'], { int16: 3, int8: 2 });
export const LessEqual = comparison('LESS_EQUAL', 'x ≤ y', comparable, { int8: 2 });

export const LogicalAnd = binary('LOGICAL_AND', { summary: 'x and y', kernels: ['bool'] });
export const LogicalOr = binary('LOGICAL_OR', { summary: 'x or y', kernels: ['bool'] });
export const LogicalNot = unary('LOGICAL_NOT', { summary: 'not x', kernels: ['bool'] });

export const Abs = unary('ABS', {
  summary: 'Absolute value',
  kernels: ['float32', 'int16', 'int32'],
  quantizedKernels: ['int8', 'int16'],
  version(op) {
    if (dtypeAt(op, 0) === 'int16') return isQuantized(op.operands[0]) ? 3 : 4;
    return versionByDtype({ int32: 5, int8: 2, uint8: 2 })(op);
  },
});
export const Neg = unary('NEG', { summary: '−x', kernels: ['float32', 'float16', 'int32', 'int64'] });
export const Sign = unary('SIGN', {
  summary: '−1, 0 or 1',
  kernels: ['float32', 'float64', 'int32'],
  version: versionByDtype({ int32: 2 }),
});
export const Square = unary('SQUARE', { summary: 'x²', kernels: ['float32'] });
export const Sqrt = unary('SQRT', {
  summary: 'Square root',
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  version: versionByDtype({ int8: 2, int16: 2 }),
  quantization: fragile,
});
export const Rsqrt = unary('RSQRT', {
  summary: '1 / √x',
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  version: versionByDtype({ int16: 3, int8: 2 }),
  quantization: fragile,
});
export const Exp = unary('EXP', {
  summary: 'e to the power x',
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  version: versionByDtype({ int8: 2, int16: 2 }),
  quantization: fragile,
});
export const Log = unary('LOG', {
  summary: 'Natural logarithm',
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  version: versionByDtype({ int8: 2, int16: 2 }),
  quantization: fragile,
});
export const Sin = unary('SIN', {
  summary: 'Sine',
  kernels: floatTypes,
  version: versionByDtype({ float16: 2 }),
});
export const Cos = unary('COS', {
  summary: 'Cosine',
  kernels: floatTypes,
  version: versionByDtype({ float16: 2 }),
});
export const Ceil = unary('CEIL', { summary: 'Rounded up', kernels: ['float32'] });
export const Floor = unary('FLOOR', { summary: 'Rounded down', kernels: floatTypes });
export const Round = unary('ROUND', {
  summary: 'Rounded to the nearest integer, halves to even',
  kernels: floatTypes,
});

const ofComplex = {
  kernels: ['complex64', 'complex128'],
  result: (dtype: DType) => (dtype === 'complex128' ? 'float64' : 'float32'),
} as const;

export const Real = unary('REAL', { summary: 'Real part', ...ofComplex });
export const Imag = unary('IMAG', { summary: 'Imaginary part', ...ofComplex });
export const ComplexAbs = unary('COMPLEX_ABS', { summary: 'Absolute value of complex numbers', ...ofComplex });

export const AddN = defineTflOp({
  name: 'add_n',
  builtin: 'ADD_N',
  summary: 'Sum of any number of tensors of one shape',
  options: {},
  operands: ['inputs*'],
  infer: likeOperand(),
  kernels: ['float32', 'int32'],
  quantization: sameScale,
});
