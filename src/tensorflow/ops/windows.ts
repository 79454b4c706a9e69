import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { slide, type Window } from './convolution-layout.js';
import { cast, runtimeShape, unsupportedType } from './support/lower-elementwise.js';
import { reshapeTo } from './support/lower-shape.js';
import { shapeOfRank, withShape } from './support/operands.js';
import { type OpView, typeOf } from './support/types.js';

// What windows over height and width see, taken apart: one strided slice for each place of the window.

/** The most places of a window that are written out. */
const MAX_PLACES = 256;

interface Frame {
  readonly window: Window;
  /** Sizes of what the window slides over, and of what comes out. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** Rows above and columns to the left that padding adds. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  readonly channels: number;
}

function windowFrom(
  size: readonly number[],
  strides: readonly number[],
  rates: readonly number[],
  padding: string,
): Window {
  for (const list of [size, strides, rates]) {
    if (list.length !== 4) throw new InferenceError(`a list for [N, H, W, C] has ${list.length} entries`);
  }
  const spatial = (list: readonly number[]): number[] => list.slice(1, 3);
  return { size: spatial(size), strides: spatial(strides), dilations: spatial(rates), padding, amounts: [] };
}

/** How the window lies; or why that is not known, or too much to write out. */
function frameOf(op: OpView, window: Window): Frame | Unsupported {
  const [, height, width, channels] = shapeOfRank(op, 0, 4, 'the input') as [Dim, Dim, Dim, Dim];
  if (height === null || width === null || channels === null) {
    return unsupported(
      'it is written for sizes that are known, and its height, width or channels are not',
      'Give the model an input of a fixed height and width (`--input-shape`).',
    );
  }
  const [high, wide] = window.size as [number, number];
  if (high * wide > MAX_PLACES) {
    return unsupported(`its window has ${high * wide} places, too many to be written out`, 'Use a smaller window.');
  }
  const from = [height, width] as const;
  const to = slide(from, window) as [number, number];
  const pads = from.map((size, i) => {
    const span = ((window.size[i] as number) - 1) * (window.dilations[i] as number) + 1;
    return Math.max(((to[i] as number) - 1) * (window.strides[i] as number) + span - size, 0);
  });
  const before = pads.map((total) => (window.padding === 'SAME' ? Math.floor(total / 2) : 0)) as [number, number];
  const after = pads.map((total, i) => (window.padding === 'SAME' ? total - (before[i] as number) : 0)) as [
    number,
    number,
  ];
  return { window, from, to, before, after, channels };
}

/** Row and column of each place of the window, row by row. */
function placesOf({ window }: Frame): readonly (readonly [number, number])[] {
  const [high, wide] = window.size as [number, number];
  const [down, right] = window.dilations as [number, number];
  return Array.from({ length: high * wide }, (_, i) => [Math.floor(i / wide) * down, (i % wide) * right] as const);
}

/** For each place of the window what it sees, [N, H', W', C]; `fill` is what stands in the padding. */
function seen(build: LoweringBuilder, value: Value, frame: Frame, fill: number): readonly Value[] {
  const { window, to, before, after, channels } = frame;
  const pads = [0, 0, before[0], after[0], before[1], after[1], 0, 0];
  const table = build.constant(Tensor.int32(pads, [4, 2]));
  const padded = pads.every((amount) => amount === 0)
    ? value
    : build.value(tfl.PadV2, [value, table, build.constant(Tensor.float32([fill], []))]);
  const [down, right] = window.strides as [number, number];
  const strides = build.ints([1, down, right, 1]);
  return placesOf(frame).map(([row, column]) => {
    const end = [0, row + (to[0] - 1) * down + 1, column + (to[1] - 1) * right + 1, 0];
    const operands = [padded, build.ints([0, row, column, 0]), build.ints(end), strides];
    const type = tensorType('float32', [tensorTypeOf(value).shape?.[0] ?? null, ...to, channels]);
    return build.value(tfl.StridedSlice, operands, { begin_mask: 0b1001, end_mask: 0b1001 }, [type]);
  });
}

export const MaxPoolWithArgmax = defineTfOp({
  name: 'MaxPoolWithArgmax',
  summary: 'Maximum over 2-D windows, and its place in the image',
  operands: ['input'],
  results: ['output', 'argmax'],
  attributes: {
    ksize: attr.ints(),
    strides: attr.ints(),
    padding: attr.string(),
    include_batch_in_index: attr.bool(false),
    Targmax: attr.dtype('int64'),
    T: attr.dtype(),
  },
  infer: (op) => {
    const { ksize, strides, padding, Targmax } = op.attributes;
    const [batch, height, width, channels] = shapeOfRank(op, 0, 4, 'the input') as [Dim, Dim, Dim, Dim];
    const shape = [batch, ...slide([height, width], windowFrom(ksize, strides, [1, 1, 1, 1], padding)), channels];
    return [withShape(op, 0, shape), typeOf(Targmax, shape)];
  },
  lower: (op, build) => {
    const { ksize, strides, padding, include_batch_in_index } = op.attributes;
    const input = op.operand(0);
    const { dtype } = tensorTypeOf(input);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    if (ksize[0] !== 1 || ksize[3] !== 1) {
      return unsupported(
        'its window reaches over several images or channels',
        'Reduce over channels with `tf.argmax` and `tf.reduce_max` instead.',
      );
    }
    const frame = frameOf(op, windowFrom(ksize, strides, [1, 1, 1, 1], padding));
    if ('reason' in frame) return frame;
    const wide = cast(build, input, 'float32');
    const parts = seen(build, wide, frame, Number.NEGATIVE_INFINITY);
    const all = build.value(tfl.Pack, parts, { axis: 4, values_count: parts.length });
    const best = build.value(tfl.ArgMax, [all, build.int(4)], { output_type: 'INT32' });
    const highest = build.value(tfl.ReduceMax, [all, build.ints([4])], { keep_dims: false });
    const place = placeInImage(build, best, frame);
    const found = include_batch_in_index ? withImage(build, place, frame) : place;
    return [cast(build, highest, dtype), cast(build, found, tensorTypeOf(op.result(1)).dtype)];
  },
});

/** The number of an element in its image, from its place in the window. */
function placeInImage(build: LoweringBuilder, best: Value, frame: Frame): Value {
  const { window, from, to, before, channels } = frame;
  const [down, right] = window.strides as [number, number];
  const steps = placesOf(frame).map(([row, column]) => (row * from[1] + column) * channels);
  const corners = new Int32Array(to[0] * to[1] * channels);
  for (let i = 0; i < corners.length; i++) {
    const channel = i % channels;
    const column = Math.floor(i / channels) % to[1];
    const row = Math.floor(i / channels / to[1]);
    corners[i] = ((row * down - before[0]) * from[1] + (column * right - before[1])) * channels + channel;
  }
  const step = build.value(tfl.Gather, [build.ints(steps), best], { axis: 0 });
  return build.value(tfl.Add, [step, build.constant(Tensor.int32(corners, [...to, channels]))]);
}

/** The same counted through all images. */
function withImage(build: LoweringBuilder, place: Value, { from, channels }: Frame): Value {
  const count = build.value(tfl.Gather, [runtimeShape(build, place), build.int(0)], { axis: 0 });
  const images = build.value(tfl.Range, [build.int(0), count, build.int(1)]);
  const first = build.value(tfl.Mul, [images, build.int(from[0] * from[1] * channels)]);
  return build.value(tfl.Add, [place, reshapeTo(build, first, [{ of: place, axis: 0 }, 1, 1, 1])]);
}

export const ExtractImagePatches = defineTfOp({
  name: 'ExtractImagePatches',
  summary: 'The pixels of each window, behind one another as channels',
  operands: ['images'],
  results: ['patches'],
  attributes: {
    ksizes: attr.ints(),
    strides: attr.ints(),
    rates: attr.ints(),
    T: attr.dtype(),
    padding: attr.string(),
  },
  infer: (op) => {
    const { ksizes, strides, rates, padding } = op.attributes;
    const [batch, height, width, channels] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim, Dim];
    const window = windowFrom(ksizes, strides, rates, padding);
    const places = (window.size[0] as number) * (window.size[1] as number);
    const depth = channels === null ? null : channels * places;
    return [withShape(op, 0, [batch, ...slide([height, width], window), depth])];
  },
  lower: (op, build) => {
    const { ksizes, strides, rates, padding } = op.attributes;
    const images = op.operand(0);
    const { dtype } = tensorTypeOf(images);
    if (!exactAsFloat.has(dtype)) return unsupportedType(dtype, ['float32']);
    const frame = frameOf(op, windowFrom(ksizes, strides, rates, padding));
    if ('reason' in frame) return frame;
    const parts = seen(build, cast(build, images, 'float32'), frame, 0);
    return cast(
      build,
      parts.length === 1 ? (parts[0] as Value) : build.value(tfl.Concatenation, parts, { axis: 3 }),
      dtype,
    );
  },
});

/** Types whose numbers float32 holds exactly. */
const exactAsFloat = new Set(['float32', 'float16', 'bfloat16', 'int8', 'uint8', 'int16', 'uint16']);
