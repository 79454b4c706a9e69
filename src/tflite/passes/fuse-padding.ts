import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Conv2D, Conv3D, DepthwiseConv2D } from '../ops/convolution.js';
import { Pad } from '../ops/padding.js';

/** What `SAME` pads a dimension of this size by: the kernels' own formula, more behind than in front. */
function samePadding(size: number, filter: number, stride: number, dilation: number): readonly [number, number] {
  const reach = (filter - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

interface Window {
  /** Dimension of the input. */
  readonly axis: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
}

function windows(op: Op): readonly Window[] | undefined {
  const { type } = op.operand(1);
  const filter = type.kind === 'tensor' ? type.shape : null;
  if (!filter) return undefined;
  const o = op.attributes as Readonly<Record<string, number>>;
  const axes = op.isOneOf(Conv3D) ? ['d', 'h', 'w'] : ['h', 'w'];
  const first = op.isOneOf(Conv3D) ? 0 : 1;
  const result: Window[] = [];
  for (const [i, axis] of axes.entries()) {
    const size = filter[first + i];
    if (typeof size !== 'number') return undefined;
    result.push({
      axis: i + 1,
      filter: size,
      stride: o[`stride_${axis}`] ?? 1,
      dilation: o[`dilation_${axis}_factor`] ?? 1,
    });
  }
  return result;
}

const padding: Rewrite = {
  name: 'padding',
  anchors: [Conv2D, DepthwiseConv2D, Conv3D],
  rewrite(op, build) {
    const pad = op.operand(0).producer;
    if (!pad?.isOneOf(Pad)) return noMatch('its input is not padded by an op of its own');
    if (op.attributes['padding'] !== 'VALID') return noMatch('it pads by itself already');
    const amounts = constantOf(pad.operand(1));
    const { type } = pad.operand(0);
    const spans = windows(op);
    if (!amounts || type.kind !== 'tensor' || !type.shape || !spans) return noMatch('the amounts are not constant');
    const given = Array.from(amounts.data as ArrayLike<number | bigint>, Number);
    const spatial = new Map(spans.map((span) => [span.axis, span]));
    for (const [axis, size] of type.shape.entries()) {
      const span = spatial.get(axis);
      // With a stride of 1, SAME pads by as much whatever the size.
      if (span && span.stride !== 1 && size === null) return noMatch(`dimension ${axis} is known at run time only`);
      const [before, after] = span ? samePadding(size ?? 1, span.filter, span.stride, span.dilation) : [0, 0];
      if (given[2 * axis] !== before || given[2 * axis + 1] !== after) {
        return noMatch(
          `dimension ${axis} is padded by ${given[2 * axis]} and ${given[2 * axis + 1]}, SAME is ${before} and ${after}`,
        );
      }
    }
    const operands = [pad.operand(0), ...op.operands.slice(1)];
    return [build.fuse(pad as unknown as Op).value(op.definition, operands, { ...op.attributes, padding: 'SAME' })];
  },
};

export const fusePadding = rewritePass({
  name: 'fuse-padding',
  summary: 'Drops a Pad in front of a convolution where SAME pads by the same amounts.',
  rewrites: [padding],
});
