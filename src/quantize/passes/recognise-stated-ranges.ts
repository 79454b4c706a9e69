import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import { emulationAt } from '../emulation.js';
import type { StatedRange, StatedRanges } from '../stated-ranges.js';

/**
 * Reads a model that was trained with emulated quantization: a QUANTIZE whose only use is a DEQUANTIZE, and a FAKE_QUANT,
 * go, and what they say is noted in `ranges` for the value that they round. Constants are left to `decodeConstants`.
 */
export function recogniseStatedRanges(ranges: StatedRanges): Pass {
  return definePass({
    name: 'recognise-stated-ranges',
    summary: 'Removes emulated quantization, and notes the ranges that it states.',
    run(module, context) {
      for (const region of module.regions()) {
        for (const op of region.ops()) recognise(op, ranges, context);
      }
    },
  });
}

function recognise(op: Op, ranges: StatedRanges, context: PassContext): void {
  const emulation = emulationAt(op, context);
  if (!emulation || constantOf(emulation.rounded)) return;
  const { rounded, grids, bits, narrow } = emulation;
  const [grid] = grids;
  if (!grid || grids.length > 1) {
    context.explain(op, 'data cannot have a scale for each channel');
    return;
  }
  const stated = { min: grid.least, max: grid.greatest, bits, narrow };
  ranges.set(rounded, unite(ranges.get(rounded), stated));
  context.editor.replace(op, [rounded]);
}

/** One value may be rounded for each of its users by itself: then the range must do for all. */
function unite(a: StatedRange | undefined, b: StatedRange): StatedRange {
  if (!a) return b;
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    bits: Math.max(a.bits, b.bits),
    narrow: a.narrow && b.narrow,
  };
}
