import type { Op, Value } from '#ir/graph.js';
import type { Quantization } from '#ir/type.js';
import type { PassContext } from '#passes/pass.js';
import { type Grid, nudgedGrid } from '#tensor/kernels/fake-quantize.js';
import * as tfl from '#tflite/ops/index.js';

/** What an op or a pair of them rounds, and to which numbers: a grid, or one for each index along an axis. */
export interface Emulation {
  readonly rounded: Value;
  readonly grids: readonly Grid[];
  readonly axis: number;
  readonly bits: number;
  readonly narrow: boolean;
}

/** The emulation whose result an op gives; undefined where it gives none, or numbers that are computed with as integers. */
export function emulationAt(op: Op, context: PassContext): Emulation | undefined {
  return pairAt(op, context) ?? fakeQuantAt(op);
}

/** Integers that a type stores. */
const integers: Readonly<
  Partial<Record<string, { readonly min: number; readonly max: number; readonly bits: number }>>
> = {
  int8: { min: -128, max: 127, bits: 8 },
  uint8: { min: 0, max: 255, bits: 8 },
  int16: { min: -32768, max: 32767, bits: 16 },
};

function pairAt(op: Op, context: PassContext): Emulation | undefined {
  const quantize = op.is(tfl.Dequantize) ? op.operand(0).producer : undefined;
  if (!quantize?.is(tfl.Quantize)) return undefined;
  const { type } = quantize.result();
  const rounded = quantize.operand(0);
  if (type.kind !== 'tensor' || !type.quantization) return undefined;
  if (rounded.type.kind !== 'tensor' || rounded.type.dtype !== 'float32') return undefined;
  const stored = integers[type.dtype];
  if (!stored) {
    context.explain(op, `${type.dtype} states no range`);
    return undefined;
  }
  if (!quantize.result().hasOneUse) {
    context.explain(op, 'the quantized numbers have other uses, too');
    return undefined;
  }
  const { quantization } = type;
  return {
    rounded,
    grids: gridsOf(quantization, stored),
    axis: quantization.axis ?? 0,
    bits: stored.bits,
    narrow: false,
  };
}

function gridsOf({ scale: scales, zeroPoint }: Quantization, { min, max }: { min: number; max: number }): Grid[] {
  return scales.map((scale, i) => {
    const zero = zeroPoint[i] ?? 0;
    return {
      least: (min - zero) * scale,
      greatest: (max - zero) * scale,
      scale,
      inverse: 1 / scale,
      zeroPoint: zero - min,
    };
  });
}

function fakeQuantAt(op: Op): Emulation | undefined {
  if (!op.is(tfl.FakeQuant)) return undefined;
  const { min, max, num_bits: bits, narrow_range: narrow } = op.attributes;
  const grid = nudgedGrid(min, max, bits, narrow);
  return grid && { rounded: op.operand(0), grids: [grid], axis: 0, bits, narrow };
}
