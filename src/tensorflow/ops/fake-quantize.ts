import { attr } from '#ir/attribute.js';
import { nudgedGrid, roundToGrids } from '#tensor/kernels/fake-quantize.js';
import type { Tensor } from '#tensor/tensor.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { likeFirst } from './support/operands.js';
import { byArithmetic, RANGE_HELP, toGrid } from './support/round-to-grid.js';
import { rankOf } from './support/types.js';

function emptyRange(min: number, max: number): Lowered {
  return unsupported(`its range is empty (${min} to ${max})`, 'Train the model further, so that it learns its ranges.');
}

const emulation = { num_bits: attr.int(8), narrow_range: attr.bool(false) };

export const FakeQuantWithMinMaxArgs = defineTfOp({
  name: 'FakeQuantWithMinMaxArgs',
  summary: 'Rounded as quantization to a given range would round',
  operands: ['inputs'],
  results: ['outputs'],
  attributes: { min: attr.float(-6), max: attr.float(6), ...emulation },
  infer: likeFirst,
  fold({ attributes: { min, max, num_bits, narrow_range } }, [inputs]) {
    const grid = nudgedGrid(min, max, num_bits, narrow_range);
    return inputs && grid && [roundToGrids(inputs, [grid], 0)];
  },
  lower(op, build) {
    const { min, max, num_bits: bits, narrow_range: narrow } = op.attributes;
    const grid = nudgedGrid(min, max, bits, narrow);
    return grid ? toGrid(build, op.operand(0), grid, { bits, narrow }) : emptyRange(min, max);
  },
});

/** The grid of each range; undefined where one is empty. */
function gridsOf(min: Tensor, max: Tensor, { num_bits, narrow_range }: { num_bits: number; narrow_range: boolean }) {
  const grids = Array.from(min.data as Float32Array, (least, i) =>
    nudgedGrid(least, (max.data as Float32Array)[i] ?? Number.NaN, num_bits, narrow_range),
  );
  return grids.every((grid) => grid !== undefined) ? grids : undefined;
}

/** `min` and `max` are operands: scalars, or vectors along the last axis. */
function fakeQuant(name: string, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['inputs', 'min', 'max'],
    results: ['outputs'],
    attributes: emulation,
    infer: likeFirst,
    fold({ attributes }, [inputs, min, max]) {
      const grids = inputs && min && max && gridsOf(min, max, attributes);
      return grids && [roundToGrids(inputs, grids, inputs.rank - 1)];
    },
    lower(op, build) {
      const { num_bits: bits, narrow_range: narrow } = op.attributes;
      const x = op.operand(0);
      const [min, max] = [build.constantOf(op.operand(1)), build.constantOf(op.operand(2))];
      if (!min || !max) return unsupported('its range is computed by the model', RANGE_HELP);
      const grids = gridsOf(min, max, op.attributes);
      if (!grids) return emptyRange(Number(min.data[0]), Number(max.data[0]));
      const [only] = grids;
      if (only && grids.length === 1) return toGrid(build, x, only, { bits, narrow });
      const axis = (rankOf(x) ?? 1) - 1;
      return byArithmetic(build, x, grids, axis, { clamp: true, halfUp: true });
    },
  });
}

export const FakeQuantWithMinMaxVars = fakeQuant(
  'FakeQuantWithMinMaxVars',
  'Rounded as quantization to a range would round',
);

export const FakeQuantWithMinMaxVarsPerChannel = fakeQuant(
  'FakeQuantWithMinMaxVarsPerChannel',
  'Rounded as quantization to a range for each channel would round',
);
