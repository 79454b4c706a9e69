import { InferenceError, type Op, type Value } from '#ir/graph.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { windowed } from '#tflite/ops/infer.js';
import { type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';

/** Where batch, channels and spatial axes stand: `NHWC`, `NCHW`, `NDHWC`, `NCDHW`. */
export interface Layout {
  readonly rank: number;
  readonly channel: number;
  readonly spatial: readonly number[];
  readonly channelsFirst: boolean;
}

/** Reads a `data_format`. Throws an InferenceError for the vectorized and filter formats, that only GPUs have. */
export function layoutOf(format: string, rank = format.length): Layout {
  if (!/^N(C(D?HW)|D?HWC)$/.test(format)) throw new InferenceError(`data_format ${format} is not supported`);
  const channelsFirst = format[1] === 'C';
  const first = channelsFirst ? 2 : 1;
  return {
    rank,
    channel: channelsFirst ? 1 : rank - 1,
    spatial: Array.from({ length: rank - 2 }, (_, i) => first + i),
    channelsFirst,
  };
}

/** What slides over the spatial axes, each entry for one of them. */
export interface Window {
  readonly size: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** `SAME`, `VALID` or `EXPLICIT`. */
  readonly padding: string;
  /** Amounts before and after, for `EXPLICIT`. */
  readonly amounts: readonly (readonly [number, number])[];
}

/** Takes from a list of one entry per axis of the operand those of the spatial axes. */
export function spatialOf(list: readonly number[], layout: Layout, what: string): number[] {
  if (list.length !== layout.rank) throw new InferenceError(`${what} has ${list.length} entries, not ${layout.rank}`);
  return layout.spatial.map((axis) => list[axis] as number);
}

/** The window of an op with the usual attributes. Throws an InferenceError where their lengths are wrong. */
export function windowOf(
  size: readonly Dim[],
  layout: Layout,
  attributes: {
    readonly strides: readonly number[];
    readonly dilations?: readonly number[];
    readonly padding: string;
    readonly explicit_paddings?: readonly number[];
  },
): Window {
  const { strides, dilations, padding, explicit_paddings: explicit = [] } = attributes;
  if (padding === 'EXPLICIT' && explicit.length !== 2 * layout.rank) {
    throw new InferenceError(`explicit_paddings has ${explicit.length} entries, not ${2 * layout.rank}`);
  }
  return {
    size,
    strides: spatialOf(strides, layout, 'strides'),
    dilations: dilations ? spatialOf(dilations, layout, 'dilations') : layout.spatial.map(() => 1),
    padding,
    amounts:
      padding === 'EXPLICIT'
        ? layout.spatial.map((a) => [explicit[2 * a] as number, explicit[2 * a + 1] as number])
        : [],
  };
}

/** The spatial sizes after the window has slid over `input` (its spatial sizes). */
export function slide(input: readonly Dim[], window: Window): Dim[] {
  return input.map((size, i) => {
    const [before, after] = window.amounts[i] ?? [0, 0];
    const padding = window.padding === 'EXPLICIT' ? 'VALID' : window.padding;
    const padded = size === null ? null : size + before + after;
    return windowed(padded, window.size[i] as Dim, window.strides[i] as number, window.dilations[i] as number, padding);
  });
}

/** A shape in the layout's order. */
export function arrange(layout: Layout, batch: Dim, spatial: readonly Dim[], channels: Dim): Dim[] {
  return layout.channelsFirst ? [batch, channels, ...spatial] : [batch, ...spatial, channels];
}

/** The operand with its channels last, as every TFLite kernel wants it. */
export function toChannelsLast(build: LoweringBuilder, value: Value, layout: Layout): Value {
  if (!layout.channelsFirst) return value;
  return build.value(tfl.Transpose, [value, build.ints([0, ...layout.spatial, 1])]);
}

/** The opposite of `toChannelsLast`, for results. */
export function fromChannelsLast(build: LoweringBuilder, value: Value, layout: Layout): Value {
  if (!layout.channelsFirst) return value;
  return build.value(tfl.Transpose, [
    value,
    build.ints([0, layout.rank - 1, ...layout.spatial.map((axis) => axis - 1)]),
  ]);
}

/**
 * Makes explicit paddings into one of the two that TFLite knows: the operand (channels last) is padded by an op unless
 * the amounts are none, or just what SAME stands for. `fill` is what stands in the padding.
 */
export function resolvePadding(
  build: LoweringBuilder,
  value: Value,
  window: Window,
  fill = 0,
): { readonly value: Value; readonly padding: 'SAME' | 'VALID' } {
  if (window.padding !== 'EXPLICIT') return { value, padding: window.padding === 'SAME' ? 'SAME' : 'VALID' };
  const { amounts } = window;
  if (amounts.every(([before, after]) => before === 0 && after === 0)) return { value, padding: 'VALID' };
  const spatial = tensorTypeOf(value).shape?.slice(1, -1) ?? [];
  if (spatial.length > 0 && amounts.every((amount, i) => isSame(spatial[i] as Dim, amount, window, i))) {
    return { value, padding: 'SAME' };
  }
  const table = build.constant(Tensor.int32([0, 0, ...amounts.flat(), 0, 0], [amounts.length + 2, 2]));
  const padded =
    fill === 0
      ? build.value(tfl.Pad, [value, table])
      : build.value(tfl.PadV2, [value, table, build.constant(Tensor.float32([fill], []))]);
  return { value: padded, padding: 'VALID' };
}

/** Whether SAME pads one axis by these amounts. */
function isSame(size: Dim, [before, after]: readonly [number, number], window: Window, axis: number): boolean {
  const kernel = window.size[axis];
  if (size === null || kernel === null || kernel === undefined) return false;
  const span = (kernel - 1) * (window.dilations[axis] as number) + 1;
  const stride = window.strides[axis] as number;
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return before === Math.floor(total / 2) && after === total - before;
}

/** Says so where the main operand is not float32, the only type that the float kernels of convolutions take. */
export function unlessFloat32(op: Pick<Op, 'operand'>, index = 0): Unsupported | undefined {
  const { dtype } = tensorTypeOf(op.operand(index));
  if (dtype === 'float32') return undefined;
  const help =
    dtype === 'float16' || dtype === 'bfloat16'
      ? 'Export the model in float32: for Keras, set `keras.config.set_dtype_policy("float32")` before building it.'
      : 'Compute it in float32: put `tf.cast(x, tf.float32)` in front of it.';
  return unsupported(`TFLite computes it in float32 only, and this one is in ${dtype}`, help);
}
