import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { PassContext } from '#passes/pass.js';
import type { QuantizedConstant } from './quantize-weights.js';

/** A quantized constant behind the one that it is made of, under its location. */
export function placeConstant(
  { editor }: PassContext,
  source: Value,
  { tensor, quantization }: QuantizedConstant,
): Value {
  const { producer } = source;
  if (!producer?.region) throw new Error('a constant is not placed');
  const value = editor.constant({ region: producer.region, before: producer.next }, tensor, producer.location);
  editor.setType(value, tensorType(tensor.dtype, tensor.shape, quantization));
  return value;
}
