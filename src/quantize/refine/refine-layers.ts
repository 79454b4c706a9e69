import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import type { Quantization, TensorType } from '#ir/type.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import type { QuantizationJob } from '../job.js';
import { placeConstant } from '../weights/place-constant.js';
import { quantizeBias } from '../weights/quantize-constant.js';
import type { FloatLayer } from './float-layers.js';
import { refineLayer } from './refine-layer.js';

/** Makes the weights and biases of quantized layers anew, as far as the recipe asks for it and their inputs are known. */
export function refineLayers(job: QuantizationJob): Pass {
  return definePass({
    name: 'refine-layers',
    summary: 'Rounds quantized weights together, and corrects biases, by what layers see on the calibration data.',
    run(_module, context) {
      for (const [op, layer] of job.floatLayers) if (op.region) refine(op, layer, job, context);
    },
  });
}

/** The type of a value that is stored in integers of these kinds. */
function quantizedType(value: Value | undefined, dtypes: readonly string[]) {
  const type = value?.type.kind === 'tensor' ? value.type : undefined;
  if (!type?.quantization || !dtypes.includes(type.dtype)) return undefined;
  return type as TensorType & { readonly quantization: Quantization };
}

function refine(
  op: Op,
  { layer, weights, bias, shared, patches }: FloatLayer,
  job: QuantizationJob,
  context: PassContext,
) {
  const source = op.operand(layer.weights);
  const rounded = constantOf(source);
  const type = quantizedType(source, ['int8', 'int4']);
  const input = quantizedType(op.operand(layer.input), ['int8', 'int16']);
  const biasSource = op.operands[layer.bias];
  const biasType = quantizedType(biasSource, ['int32', 'int64']);
  if (!rounded || !type || !input) return;
  const [scale = 1] = input.quantization.scale;
  const [zeroPoint = 0] = input.quantization.zeroPoint;
  const { adaptiveRounding = true, biasCorrection = true } = job.recipe.options;
  const refined = refineLayer(patches, {
    weights,
    bias: biasType && bias,
    quantized: { tensor: rounded, quantization: type.quantization },
    input: { affine: { scale, zeroPoint }, dtype: input.dtype as 'int8' | 'int16' },
    // Weights of several layers stay the same for all of them.
    roundAdaptively: adaptiveRounding && !shared,
    correctBias: biasCorrection,
  });
  if (refined.weights.tensor !== rounded) {
    context.editor.setOperand(op, layer.weights, placeConstant(context, source, refined.weights));
  }
  if (biasType && biasSource && refined.bias && refined.bias !== bias) {
    const scales = type.quantization.scale.map((step) => step * scale);
    const stored = quantizeBias(refined.bias, scales, biasType.dtype as 'int32' | 'int64');
    context.editor.setOperand(op, layer.bias, placeConstant(context, biasSource, stored));
  }
}
