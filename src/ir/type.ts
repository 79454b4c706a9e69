import { type DType, dtypes } from '#tensor/dtype.js';
import { formatShape, type Shape, sameShape } from '#tensor/shape.js';

/**
 * Affine quantization of a tensor's elements: real = scale × (stored − zeroPoint). One entry for the whole tensor, or
 * one for each slice along `axis`.
 */
export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  /** The quantized dimension; undefined for per-tensor quantization. */
  readonly axis?: number;
}

export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: Quantization;
}

/** A handle on state: a variable, a table. */
export interface ResourceType {
  readonly kind: 'resource';
  /** Type of the value that the resource holds, where it is known. */
  readonly value?: TensorType;
}

/** An opaque value: a TensorList. */
export interface VariantType {
  readonly kind: 'variant';
  readonly element?: TensorType;
}

/** Nothing is known: what an op without a definition gives. */
export interface UnknownType {
  readonly kind: 'unknown';
}

export type Type = TensorType | ResourceType | VariantType | UnknownType;

export const unknownType: UnknownType = { kind: 'unknown' };

export function tensorType(dtype: DType, shape: Shape, quantization?: Quantization): TensorType {
  return quantization === undefined ? { kind: 'tensor', dtype, shape } : { kind: 'tensor', dtype, shape, quantization };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

export function sameQuantization(a: Quantization | undefined, b: Quantization | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.axis === b.axis && sameNumbers(a.scale, b.scale) && sameNumbers(a.zeroPoint, b.zeroPoint);
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    return a.dtype === b.dtype && sameShape(a.shape, b.shape) && sameQuantization(a.quantization, b.quantization);
  }
  if (a.kind === 'resource' && b.kind === 'resource') {
    return a.value === undefined || b.value === undefined ? a.value === b.value : sameType(a.value, b.value);
  }
  if (a.kind === 'variant' && b.kind === 'variant') {
    return a.element === undefined || b.element === undefined
      ? a.element === b.element
      : sameType(a.element, b.element);
  }
  return a.kind === b.kind;
}

function formatQuantization({ scale, zeroPoint, axis }: Quantization): string {
  const pairs = scale.map((value, i) => `${value}:${zeroPoint[i] ?? 0}`).join(', ');
  return axis === undefined ? `, q(${pairs})` : `, q@${axis}(${pairs})`;
}

/** The text form: `tensor<?x3xf32>`, `tensor<*xf32>`, `resource`, `variant<tensor<3xf32>>`. */
export function formatType(type: Type): string {
  if (type.kind === 'tensor') {
    const dims = formatShape(type.shape);
    const quantization = type.quantization ? formatQuantization(type.quantization) : '';
    return `tensor<${dims === '' ? '' : `${dims}x`}${dtypes[type.dtype].short}${quantization}>`;
  }
  if (type.kind === 'resource') return type.value ? `resource<${formatType(type.value)}>` : 'resource';
  if (type.kind === 'variant') return type.element ? `variant<${formatType(type.element)}>` : 'variant';
  return 'unknown';
}
