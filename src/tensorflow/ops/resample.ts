import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { Formula } from './support/formula.js';
import { knownShape } from './support/known-integers.js';
import { cast, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { reshapeTo } from './support/lower-shape.js';
import { shapeOfRank } from './support/operands.js';
import { constantIntegers, type OpView, shapeOf } from './support/types.js';

const { fround } = Math;

/** Resizing rows, or columns, is a product with a matrix [to, from]: these are its rows. */
type Weigh = (from: number, to: number) => Float32Array;

/** Of types with which float32 computes as TensorFlow does. */
const exactAsFloat = new Set(['float32', 'float16', 'bfloat16', 'int8', 'uint8', 'int16', 'uint16']);

function resizedTo(op: OpView): readonly Dim[] {
  const size = knownShape(op.operand(1)) ?? [null, null];
  if (size.length !== 2) throw new InferenceError(`size has ${size.length} entries, not 2`);
  return size;
}

/** Images resized by one matrix for the rows and one for the columns. */
function byMatrices(op: OpView, build: LoweringBuilder, weigh: Weigh): Lowered {
  const images = op.operand(0);
  const { dtype } = tensorTypeOf(images);
  if (!exactAsFloat.has(dtype)) return unsupportedType(dtype, ['float32']);
  const [, height, width] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim];
  const [high, wide] = resizedTo(op) as [Dim, Dim];
  if (height === null || width === null || high === null || wide === null) {
    return unsupported(
      'TFLite has no op for it, and the sizes are not known from which the weights of the pixels follow',
      'Use `method="bilinear"`, or give the model an input of a fixed height and width (`--input-shape`).',
    );
  }
  const value = cast(build, images, 'float32');
  const [batch, channels] = [0, 3].map((axis) => ({ of: value, axis })) as [
    { of: Value; axis: number },
    { of: Value; axis: number },
  ];
  const matrix = (from: number, to: number): Value => build.constant(Tensor.float32(weigh(from, to), [1, to, from]));
  const columns = reshapeTo(build, value, [batch, height, [width, channels]]);
  const stretched = build.value(tfl.BatchMatMul, [matrix(height, high), columns]);
  const rows = reshapeTo(build, stretched, [[batch, high], width, channels]);
  const resized = build.value(tfl.BatchMatMul, [matrix(width, wide), rows]);
  return reshapeTo(build, resized, [batch, high, wide, channels]);
}

/** Places of a table of weights between one pixel and the next, as TensorFlow rounds to them. */
const STEPS = 1024;

/** The weights of four neighbours by the cubic of Keys with this slope. */
function cubic(slope: number, distance: number): number {
  const near = ((slope + 2) * distance - (slope + 3)) * distance * distance + 1;
  const far = ((slope * distance - 5 * slope) * distance + 8 * slope) * distance - 4 * slope;
  return distance <= 1 ? near : far;
}

function cubicWeights(half: boolean, align: boolean): Weigh {
  return (from, to) => {
    const result = new Float32Array(to * from);
    const scale = align && to > 1 ? fround((from - 1) / (to - 1)) : fround(from / to);
    for (let i = 0; i < to; i++) {
      const at = half ? fround(fround(fround(i + 0.5) * scale) - 0.5) : fround(i * scale);
      const first = Math.floor(at);
      const offset = Math.round((at - first) * STEPS) / STEPS;
      const weights = [1 + offset, offset, 1 - offset, 2 - offset].map((distance) =>
        cubic(half ? -0.5 : -0.75, distance),
      );
      // With half pixels what lies outside does not count; else the border is repeated.
      const inside = (n: number): boolean => first - 1 + n >= 0 && first - 1 + n < from;
      const kept = half ? weights.map((weight, n) => (inside(n) ? weight : 0)) : weights;
      const sum = half ? kept.reduce((a, b) => a + b, 0) : 1;
      for (const [n, weight] of kept.entries()) {
        const pixel = Math.min(Math.max(first - 1 + n, 0), from - 1);
        result[i * from + pixel] = (result[i * from + pixel] as number) + weight / sum;
      }
    }
    return result;
  };
}

function areaWeights(align: boolean): Weigh {
  return (from, to) => {
    const result = new Float32Array(to * from);
    const scale = align && to > 1 ? fround((from - 1) / (to - 1)) : fround(from / to);
    for (let i = 0; i < to; i++) {
      const [begin, end] = [fround(i * scale), fround((i + 1) * scale)];
      for (let pixel = Math.floor(begin); pixel < Math.ceil(end); pixel++) {
        const covered = Math.min(pixel + 1, end) - Math.max(pixel, begin);
        const place = i * from + Math.min(pixel, from - 1);
        result[place] = (result[place] as number) + covered / scale;
      }
    }
    return result;
  };
}

export const ResizeBicubic = defineTfOp({
  name: 'ResizeBicubic',
  summary: 'Images of another size, bicubic',
  operands: ['images', 'size'],
  results: ['resized_images'],
  attributes: { T: attr.dtype(), align_corners: attr.bool(false), half_pixel_centers: attr.bool(false) },
  infer: (op) => {
    const [batch, , , channels] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim, Dim];
    return [tensorType('float32', [batch, ...resizedTo(op), channels])];
  },
  lower: (op, build) => {
    const { align_corners, half_pixel_centers } = op.attributes;
    return byMatrices(op, build, cubicWeights(half_pixel_centers, align_corners));
  },
});

export const ResizeArea = defineTfOp({
  name: 'ResizeArea',
  summary: 'Images of another size, by the mean of what each pixel covers',
  operands: ['images', 'size'],
  results: ['resized_images'],
  attributes: { T: attr.dtype(), align_corners: attr.bool(false) },
  infer: (op) => {
    const [batch, , , channels] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim, Dim];
    return [tensorType('float32', [batch, ...resizedTo(op), channels])];
  },
  lower: (op, build) => byMatrices(op, build, areaWeights(op.attributes.align_corners)),
});

export const CropAndResize = defineTfOp({
  name: 'CropAndResize',
  summary: 'Parts of images, cut out by boxes and resized',
  operands: ['image', 'boxes', 'box_ind', 'crop_size'],
  results: ['crops'],
  attributes: { T: attr.dtype(), method: attr.string('bilinear'), extrapolation_value: attr.float(0) },
  infer: (op) => {
    const [, , , channels] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim, Dim];
    const size = knownShape(op.operand(3)) ?? [null, null];
    return [tensorType('float32', [shapeOf(op.operand(1))?.[0] ?? null, ...size, channels])];
  },
  lower: (op, build) => {
    const { dtype } = tensorTypeOf(op.operand(0));
    if (!exactAsFloat.has(dtype)) return unsupportedType(dtype, ['float32']);
    const [, height, width, channels] = shapeOfRank(op, 0, 4, 'the images') as [Dim, Dim, Dim, Dim];
    const size = constantIntegers(op.operand(3));
    if (height === null || width === null || channels === null || !size) {
      return unsupported(
        'it is written for sizes that are known, and those of its images or crops are not',
        'Give the model images of a fixed height and width (`--input-shape`), and `crop_size` as a constant.',
      );
    }
    return new Crops(op, build, { height, width, channels, size: size as unknown as readonly [number, number] }).crop();
  },
});

interface CropSizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly size: readonly [number, number];
}

/** Writes the crops as weighted sums of gathered pixels. */
class Crops {
  readonly #op: OpView;
  readonly #build: LoweringBuilder;
  readonly #f: Formula;
  readonly #sizes: CropSizes;

  constructor(op: OpView, build: LoweringBuilder, sizes: CropSizes) {
    this.#op = op;
    this.#build = build;
    this.#f = new Formula(build);
    this.#sizes = sizes;
  }

  crop(): Value {
    const { height, width, size } = this.#sizes;
    const f = this.#f;
    const sides = this.#build.op(tfl.Split, [this.#build.int(1), this.#op.operand(1)], { num_splits: 4 })
      .results as readonly Value[];
    const [top, left, bottom, right] = sides as [Value, Value, Value, Value];
    // Places in the image, [boxes, rows, 1, 1] and [boxes, 1, columns, 1].
    const rows = this.#places(top, bottom, height, size[0], [size[0], 1, 1]);
    const columns = this.#places(left, right, width, size[1], [1, size[1], 1]);
    const inside = f.apply(tfl.LogicalAnd, this.#within(rows, height), this.#within(columns, width));
    const value =
      this.#op.attributes['method'] === 'nearest' ? this.#nearest(rows, columns) : this.#bilinear(rows, columns);
    return f.select(inside, value, f.number(Number(this.#op.attributes['extrapolation_value'])));
  }

  #places(from: Value, to: Value, length: number, count: number, shape: readonly number[]): Value {
    const f = this.#f;
    const last = length - 1;
    const ramp = Float32Array.from({ length: count }, (_, i) => (count > 1 ? (i * last) / (count - 1) : last / 2));
    const steps = this.#build.constant(Tensor.float32(ramp, [1, count]));
    const start = count > 1 ? f.mul(from, f.number(last)) : f.mul(from, f.number(last / 2));
    const places = count > 1 ? f.add(start, f.mul(f.sub(to, from), steps)) : f.add(start, f.mul(to, steps));
    return reshapeTo(this.#build, places, [{ of: places, axis: 0 }, ...shape]);
  }

  #within(places: Value, length: number): Value {
    const f = this.#f;
    const from = f.apply(tfl.GreaterEqual, places, f.number(0));
    return f.apply(tfl.LogicalAnd, from, f.apply(tfl.LessEqual, places, f.number(length - 1)));
  }

  #nearest(rows: Value, columns: Value): Value {
    const f = this.#f;
    // Halves go up here, and to even in ROUND.
    const round = (places: Value): Value => f.apply(tfl.Floor, f.add(places, f.number(0.5)));
    return this.#pixels(round(rows), round(columns));
  }

  #bilinear(rows: Value, columns: Value): Value {
    const f = this.#f;
    const [above, below] = [f.apply(tfl.Floor, rows), f.apply(tfl.Ceil, rows)];
    const [before, behind] = [f.apply(tfl.Floor, columns), f.apply(tfl.Ceil, columns)];
    const between = (a: Value, b: Value, share: Value): Value => f.add(a, f.mul(f.sub(b, a), share));
    const across = f.sub(columns, before);
    const upper = between(this.#pixels(above, before), this.#pixels(above, behind), across);
    const lower = between(this.#pixels(below, before), this.#pixels(below, behind), across);
    return between(upper, lower, f.sub(rows, above));
  }

  /** Pixels [boxes, rows, columns, channels] at whole places, those outside of the image moved in. */
  #pixels(rows: Value, columns: Value): Value {
    const { height, width, channels } = this.#sizes;
    const build = this.#build;
    const f = this.#f;
    const bounded = (places: Value, length: number): Value => {
      const inside = f.apply(tfl.Minimum, f.apply(tfl.Maximum, places, f.number(0)), f.number(length - 1));
      return cast(build, inside, 'int32');
    };
    const indices = int32(build, this.#op.operand(2));
    const images = reshapeTo(build, indices, [{ of: indices, axis: 0 }, 1, 1, 1]);
    const row = f.add(f.mul(images, build.int(height)), bounded(rows, height));
    const pixel = f.add(f.mul(row, build.int(width)), bounded(columns, width));
    const image = cast(build, this.#op.operand(0), 'float32');
    const flat = reshapeTo(build, image, [[{ of: image, axis: 0 }, height, width], channels]);
    const places = reshapeTo(
      build,
      pixel,
      [0, 1, 2].map((axis) => ({ of: pixel, axis })),
    );
    return build.value(tfl.Gather, [flat, places], { axis: 0 });
  }
}
