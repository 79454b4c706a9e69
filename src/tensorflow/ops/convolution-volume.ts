import { attr } from '#ir/attribute.js';
import { InferenceError } from '#ir/graph.js';
import type { Dim } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { tensorTypeOf } from '../lowering-builder.js';
import {
  arrange,
  fromChannelsLast,
  layoutOf,
  slide,
  toChannelsLast,
  unlessFloat32,
  windowOf,
} from './convolution-layout.js';
import { shapeOfRank, withShape } from './support/operands.js';

export const Conv3D = defineTfOp({
  name: 'Conv3D',
  summary: '3-D convolution',
  operands: ['input', 'filter'],
  attributes: {
    strides: attr.ints(),
    padding: attr.string(),
    data_format: attr.string('NDHWC'),
    dilations: attr.ints([1, 1, 1, 1, 1]),
  },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const input = shapeOfRank(op, 0, 5, 'the input');
    const filter = shapeOfRank(op, 1, 5, 'the filter');
    const [channels, perGroup] = [input[layout.channel] as Dim, filter[3] as Dim];
    if (channels !== null && perGroup !== null && channels % perGroup !== 0) {
      throw new InferenceError(`${channels} channels are not a multiple of the filter's ${perGroup}`);
    }
    const spatial = slide(
      layout.spatial.map((axis) => input[axis] as Dim),
      windowOf(filter.slice(0, 3), layout, op.attributes),
    );
    return [withShape(op, 0, arrange(layout, input[0] as Dim, spatial, filter[4] as Dim))];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const layout = layoutOf(op.attributes.data_format);
    const filter = tensorTypeOf(op.operand(1)).shape ?? [null, null, null, null, null];
    const channels = tensorTypeOf(op.operand(0)).shape?.[layout.channel] ?? null;
    if (channels !== null && filter[3] !== null && channels !== filter[3]) {
      return unsupported(
        'CONV_3D has no groups',
        'Use `groups=1`, or split the channels, convolve each part, and concatenate the results.',
      );
    }
    const { strides, dilations, padding } = windowOf(filter.slice(0, 3), layout, op.attributes);
    const result = build.value(tfl.Conv3D, [toChannelsLast(build, op.operand(0), layout), op.operand(1), undefined], {
      padding,
      stride_d: strides[0] as number,
      stride_h: strides[1] as number,
      stride_w: strides[2] as number,
      dilation_d_factor: dilations[0] as number,
      dilation_h_factor: dilations[1] as number,
      dilation_w_factor: dilations[2] as number,
    });
    return fromChannelsLast(build, result, layout);
  },
});
