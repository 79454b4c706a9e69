import type { DType } from '#tensor/dtype.js';

/** Sets of element types that many kernels share. Which they are was found by running every kernel with every type. */
export const quantizedTypes: readonly DType[] = ['uint8', 'int8', 'int16'];
export const quantizedBytes: readonly DType[] = ['uint8', 'int8'];
export const indexTypes: readonly DType[] = ['int32', 'int64'];
export const floatTypes: readonly DType[] = ['float32', 'float16'];
/** What kernels take that move elements without looking at them, strings and half bytes aside. */
export const plainTypes: readonly DType[] = [
  'float32',
  'float16',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'complex64',
];
