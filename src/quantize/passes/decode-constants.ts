import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import type { Quantization } from '#ir/type.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { dtypes } from '#tensor/dtype.js';
import { binaryKernels } from '#tensor/kernels/arithmetic.js';
import { cast } from '#tensor/kernels/cast.js';
import { roundToGrids } from '#tensor/kernels/fake-quantize.js';
import { mapBinary } from '#tensor/kernels/map.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { emulationAt } from '../emulation.js';
import { floatType } from '../job.js';
import { channelsOf } from '../weights/channels.js';

/**
 * DEQUANTIZE of a constant is computed: what an earlier quantization of weights, or to half precision, has left. So are
 * emulated quantization of constants, and CAST of integers with the arithmetic behind it, which some models store their
 * weights by. Weights lie on their old grid then, by which they are quantized without a further error.
 */
export const decodeConstants = definePass({
  name: 'decode-constants',
  summary: 'Turns constants that are stored in fewer bits back to float32, so that they can be quantized anew.',
  run(module, context) {
    for (const region of module.regions()) {
      for (const op of region.ops()) {
        const decoded = emulatedConstant(op, context) ?? decodedConstant(op, context) ?? computedConstant(op);
        if (!decoded) continue;
        context.editor.replace(op, [context.editor.constant({ region, before: op }, decoded, op.location)]);
      }
    }
  },
});

function emulatedConstant(op: Op, context: PassContext): Tensor | undefined {
  const emulation = emulationAt(op, context);
  const constant = constantOf(emulation?.rounded);
  return emulation && constant && roundToGrids(constant, emulation.grids, emulation.axis);
}

const arithmetic = [
  { definition: tfl.Add, kernel: binaryKernels.Add },
  { definition: tfl.Sub, kernel: binaryKernels.Sub },
  { definition: tfl.Mul, kernel: binaryKernels.Mul },
] as const;

function computedConstant(op: Op): Tensor | undefined {
  const [x, y] = op.operands.map(constantOf);
  if (!x || !floatType(op.result())) return undefined;
  if (op.is(tfl.Cast)) return dtypes[x.dtype].bytes < 4 ? cast(x, 'float32') : undefined;
  const found = arithmetic.find(({ definition }) => op.isOneOf(definition));
  if (!found || !y || op.attributes['fused_activation_function'] !== 'NONE') return undefined;
  return mapBinary(found.kernel, x, y);
}

function decodedConstant(op: Op, context: PassContext): Tensor | undefined {
  const constant = op.is(tfl.Dequantize) ? constantOf(op.operands[0]) : undefined;
  const decoded = constant && decode(constant, quantizationOf(op));
  if (constant && !decoded) context.explain(op, `constants of ${constant.dtype} are not decoded`);
  return decoded;
}

function quantizationOf(op: Op): Quantization | undefined {
  const type = op.operands[0]?.type;
  return type?.kind === 'tensor' ? type.quantization : undefined;
}

function decode(constant: Tensor, quantization: Quantization | undefined): Tensor | undefined {
  const { dtype, shape } = constant;
  if (dtype === 'float16') return cast(constant, 'float32');
  if (!quantization) return undefined;
  if (dtype !== 'int8' && dtype !== 'uint8' && dtype !== 'int16' && dtype !== 'int4') return undefined;
  const stored = dtype === 'int4' ? nibblesOf(constant) : (constant.data as Int8Array);
  const { scale, zeroPoint, axis } = quantization;
  const { size, inner } = channelsOf(shape, scale.length > 1 ? (axis ?? 0) : null);
  const result = new Float32Array(constant.size);
  for (let start = 0, slice = 0; start < result.length; start += inner, slice++) {
    const [step = 1, zero = 0] = [scale[slice % size], zeroPoint[slice % size]];
    for (let i = start; i < start + inner; i++) result[i] = ((stored[i] as number) - zero) * step;
  }
  return Tensor.from('float32', shape, result);
}

/** The integers of a constant of 4 bits, low nibbles first. */
function nibblesOf(constant: Tensor): Int8Array {
  const { bytes } = constant;
  return Int8Array.from({ length: constant.size }, (_, i) => {
    const byte = bytes[i >> 1] as number;
    return (i % 2 === 0 ? byte << 28 : (byte >> 4) << 28) >> 28;
  });
}
