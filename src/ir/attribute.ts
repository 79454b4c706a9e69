import type { DType } from '#tensor/dtype.js';
import type { Dim, Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

/** The value of an attribute: scalars, text, raw bytes, tensors, shapes (with `null` for what is unknown), lists. */
export type AttributeValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Tensor
  | readonly AttributeValue[];

export type Attributes = { readonly [name: string]: AttributeValue };

type AttributeKind =
  | 'int'
  | 'float'
  | 'bool'
  | 'string'
  | 'dtype'
  | 'shape'
  | 'tensor'
  | 'function'
  | 'ints'
  | 'floats'
  | 'bools'
  | 'strings'
  | 'dtypes'
  | 'shapes'
  | 'any';

/** Declares one attribute: what it holds, and its value where it is absent (required if there is no default). */
export interface AttributeSpec<T> {
  readonly kind: AttributeKind;
  readonly default?: T;
}

export type AttributeSpecs = { readonly [name: string]: AttributeSpec<AttributeValue> };

export type AttributesOf<S extends AttributeSpecs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T extends AttributeValue> ? T : never;
};

function declare<T>(kind: AttributeKind) {
  return (fallback?: T): AttributeSpec<T> => (fallback === undefined ? { kind } : { kind, default: fallback });
}

/** Resource and variant are dtypes to TensorFlow. */
export type TfDType = DType | 'resource' | 'variant';

/** `attr.int()` is required, `attr.int(1)` has a default. */
export const attr = {
  int: declare<number>('int'),
  float: declare<number>('float'),
  bool: declare<boolean>('bool'),
  string: declare<string>('string'),
  dtype: declare<TfDType>('dtype'),
  shape: declare<Shape>('shape'),
  tensor: declare<Tensor>('tensor'),
  function: declare<string>('function'),
  ints: declare<readonly number[]>('ints'),
  floats: declare<readonly number[]>('floats'),
  bools: declare<readonly boolean[]>('bools'),
  strings: declare<readonly string[]>('strings'),
  dtypes: declare<readonly TfDType[]>('dtypes'),
  shapes: declare<readonly (readonly Dim[] | null)[]>('shapes'),
  any: declare<AttributeValue>('any'),
};
