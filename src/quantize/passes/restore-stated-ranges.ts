import type { InsertionPoint } from '#ir/editor.js';
import { Op, type Value } from '#ir/graph.js';
import { unknownLocation } from '#ir/location.js';
import { tensorType } from '#ir/type.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import * as tfl from '#tflite/ops/index.js';
import { affineOf, perTensor } from '../affine.js';
import { floatType } from '../job.js';
import type { StatedRange, StatedRanges } from '../stated-ranges.js';

/**
 * What a model learned with emulated quantization, it computes only with it: numbers beyond the range are cut off. So
 * where a value is still float32 after quantization, those who take it as such get it rounded to its stated range.
 */
export function restoreStatedRanges(ranges: StatedRanges): Pass {
  return definePass({
    name: 'restore-stated-ranges',
    summary: 'Emulates quantization again where values with a stated range have stayed in float32.',
    run(_, context) {
      for (const [value, range] of ranges) restore(value, range, context);
    },
  });
}

function restore(value: Value, range: StatedRange, context: PassContext): void {
  const { owner, producer } = value;
  const region = owner instanceof Op ? owner.region : owner;
  if (!region || !floatType(value)) return;
  // A QUANTIZE cuts off by itself, and others that were made for the value come from it.
  const uses = value.uses.filter(({ user }) => !(user instanceof Op && user.isOneOf(tfl.Quantize, tfl.FakeQuant)));
  if (uses.length === 0) return;
  const rounded = emulate(value, range, { region, before: producer ? producer.next : region.first }, context);
  for (const { user, index } of uses) {
    if (user instanceof Op) context.editor.setOperand(user, index, rounded);
    else user.setOutput(index, rounded);
  }
}

function emulate(value: Value, range: StatedRange, at: InsertionPoint, { editor }: PassContext): Value {
  const location = value.producer?.location ?? unknownLocation;
  const { min, max, bits: num_bits, narrow: narrow_range } = range;
  if (num_bits !== 8 || narrow_range) {
    const options = { ...tfl.FakeQuant.options, min, max, num_bits, narrow_range };
    return editor.create(at, tfl.FakeQuant, [value], options, location).result();
  }
  const type = tensorType('int8', floatType(value)?.shape ?? null, perTensor(affineOf(range, 'int8')));
  const stored = editor.create(at, tfl.Quantize, [value], {}, location, { types: [type] }).result();
  return editor.create(at, tfl.Dequantize, [stored], {}, location).result();
}
