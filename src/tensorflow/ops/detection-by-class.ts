import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { suppress } from './detection.js';
import { scalar } from './support/elementwise-rows.js';
import { cast } from './support/lower-elementwise.js';
import { permute, reshapeTo } from './support/lower-shape.js';
import { shapeOfRank } from './support/operands.js';
import { constantInteger, type OpView, shapeOf } from './support/types.js';

/** Images × classes up to which the suppression of each class may be written out. */
const MAX_CLASSES = 1024;

export const CombinedNonMaxSuppression = defineTfOp({
  name: 'CombinedNonMaxSuppression',
  summary: 'The best boxes of each image, class by class',
  operands: ['boxes', 'scores', 'max_output_size_per_class', 'max_total_size', 'iou_threshold', 'score_threshold'],
  results: ['nmsed_boxes', 'nmsed_scores', 'nmsed_classes', 'valid_detections'],
  attributes: { pad_per_class: attr.bool(false), clip_boxes: attr.bool(true) },
  infer: (op): readonly Type[] => {
    const [batch = null] = shapeOfRank(op, 0, 4, 'boxes');
    const total = detections(op);
    return [
      tensorType('float32', [batch, total, 4]),
      tensorType('float32', [batch, total]),
      tensorType('float32', [batch, total]),
      tensorType('int32', [batch]),
    ];
  },
  lower: (op, build): Lowered => {
    const [batch, boxes, kinds] = shapeOfRank(op, 0, 4, 'boxes') as readonly Dim[] as [Dim, Dim, Dim];
    const [, , classes = null] = shapeOfRank(op, 1, 3, 'scores');
    const total = detections(op);
    const each = constantInteger(op.operand(2));
    if (batch === null || boxes === null || kinds === null || classes === null || total === null || !each) {
      return unsupported(
        'TFLite suppresses one class of one image at a time, so their numbers have to be known',
        'Give the model a fixed batch size (`--input-shape NAME=1,…`), and constant limits of the number of boxes.',
      );
    }
    if (batch * classes > MAX_CLASSES) {
      return unsupported(
        `it would take ${batch * classes} suppressions, one for each class of each image`,
        'Suppress over the best class of each box with `tf.image.non_max_suppression`, or lower the batch size.',
      );
    }
    const images = new Images(build, op, { boxes, kinds, classes, each, total });
    const results = Array.from({ length: batch }, (_, image) => images.detect(image));
    return [0, 1, 2, 3].map((part) =>
      build.value(
        tfl.Pack,
        results.map((result) => result[part] as Value),
        { axis: 0, values_count: batch },
      ),
    );
  },
});

/** The number of detections of each image. */
function detections(op: OpView): Dim {
  const total = constantInteger(op.operand(3));
  if (total === undefined || !op.attributes['pad_per_class']) return total ?? null;
  const each = constantInteger(op.operand(2));
  const classes = shapeOf(op.operand(1))?.[2] ?? null;
  if (each === undefined || classes === null) return null;
  if (each <= 0) throw new InferenceError('no box may be chosen of a class');
  return Math.min(total, each * classes);
}

interface Sizes {
  readonly boxes: number;
  /** Boxes of each place: one for all classes, or one for each. */
  readonly kinds: number;
  readonly classes: number;
  readonly each: number;
  readonly total: number;
}

/** Writes the suppression of one image after the other. */
class Images {
  readonly #build: LoweringBuilder;
  readonly #op: OpView;
  readonly #sizes: Sizes;
  /** Of all images: [images, kinds, boxes, 4] and [images, classes, boxes]. */
  readonly #boxes: Value;
  readonly #scores: Value;

  constructor(build: LoweringBuilder, op: OpView, sizes: Sizes) {
    this.#build = build;
    this.#op = op;
    this.#sizes = sizes;
    const [boxes, scores] = op.operands as [Value, Value];
    const { kinds, boxes: places } = sizes;
    // With one kind of boxes nothing moves.
    this.#boxes =
      kinds === 1
        ? reshapeTo(build, boxes, [{ of: boxes, axis: 0 }, 1, places, 4])
        : permute(build, boxes, [0, 2, 1, 3]);
    this.#scores = permute(build, scores, [0, 2, 1]);
  }

  /** Boxes, scores, classes and number of what is found in an image. */
  detect(image: number): readonly Value[] {
    const { boxes, kinds, classes, each, total } = this.#sizes;
    const build = this.#build;
    const own = this.#part(this.#boxes, [image, 0, 0, 0], [1, kinds, boxes, 4], [kinds * boxes, 4]);
    const scores = this.#part(this.#scores, [image, 0, 0], [1, classes, boxes], [classes * boxes]);
    const found = Array.from({ length: classes }, (_, index) => this.#suppressClass(own, scores, index));
    const places = build.value(
      tfl.Concatenation,
      found.map(([indices]) => indices as Value),
      { axis: 0 },
    );
    const counts = build.value(
      tfl.Concatenation,
      found.map(([, count]) => reshapeTo(build, count as Value, [1, 1])),
      { axis: 0 },
    );
    // What fills a class up counts less than anything found.
    const numbers = build.constant(
      Tensor.int32(
        Array.from({ length: each }, (_, i) => i),
        [1, each],
      ),
    );
    const valid = reshapeTo(build, build.value(tfl.Less, [numbers, counts]), [classes * each]);
    const owners = Array.from({ length: classes * each }, (_, i) => Math.floor(i / each));
    const inScores = this.#shifted(places, owners, boxes);
    const given = build.value(tfl.Gather, [scores, inScores], { axis: 0 });
    const ranked = build.value(tfl.SelectV2, [valid, given, scalar(build, 'float32', LEAST)]);
    const kept = Math.min(total, classes * each);
    const top = build.op(tfl.TopkV2, [ranked, build.int(kept)]);
    const order = top.result(1);
    const real = build.value(tfl.Greater, [top.result(0), scalar(build, 'float32', LEAST)]);
    const inBoxes = kinds === 1 ? places : this.#shifted(places, owners, boxes);
    const rows = build.value(tfl.Gather, [own, build.value(tfl.Gather, [inBoxes, order], { axis: 0 })], { axis: 0 });
    const labels = build.value(tfl.Gather, [build.constant(Tensor.float32(owners)), order], { axis: 0 });
    const count = build.value(tfl.Sum, [cast(build, real, 'int32'), build.ints([0])], { keep_dims: false });
    const mask = reshapeTo(build, real, [kept, 1]);
    return [
      this.#filled(this.#clipped(rows), mask, [total - kept, 4]),
      this.#filled(top.result(0), real, [total - kept]),
      this.#filled(labels, real, [total - kept]),
      count,
    ];
  }

  #suppressClass(boxes: Value, scores: Value, index: number): readonly Value[] {
    const { boxes: count, kinds, each } = this.#sizes;
    const build = this.#build;
    const [, , , , overlap, threshold] = this.#op.operands as readonly Value[];
    return suppress(build, {
      boxes: kinds === 1 ? boxes : this.#part(boxes, [index * count, 0], [count, 4], [count, 4]),
      scores: this.#part(scores, [index * count], [count], [count]),
      count: build.int(each),
      overlap: overlap as Value,
      threshold: threshold as Value,
    });
  }

  #part(value: Value, begin: readonly number[], size: readonly number[], shape: readonly number[]): Value {
    const build = this.#build;
    const same = begin.every((from) => from === 0) && size.every((dim, i) => dim === shapeOf(value)?.[i]);
    return reshapeTo(build, same ? value : build.value(tfl.Slice, [value, build.ints(begin), build.ints(size)]), shape);
  }

  /** Places within each class as places among all. */
  #shifted(places: Value, owners: readonly number[], boxes: number): Value {
    return this.#build.value(tfl.Add, [places, this.#build.ints(owners.map((owner) => owner * boxes))]);
  }

  #clipped(boxes: Value): Value {
    if (this.#op.attributes['clip_boxes'] !== true) return boxes;
    const build = this.#build;
    const above = build.value(tfl.Maximum, [boxes, scalar(build, 'float32', 0)]);
    return build.value(tfl.Minimum, [above, scalar(build, 'float32', 1)]);
  }

  /** Zeros where nothing was found, and as many rows of zeros behind as `missing` says. */
  #filled(value: Value, real: Value, missing: readonly number[]): Value {
    const build = this.#build;
    const kept = build.value(tfl.SelectV2, [real, value, scalar(build, 'float32', 0)]);
    if (missing[0] === 0) return kept;
    const paddings = missing.flatMap((rows, i) => (i === 0 ? [0, rows] : [0, 0]));
    return build.value(tfl.Pad, [kept, build.constant(Tensor.int32(paddings, [missing.length, 2]))]);
  }
}

/** Below every score that a model gives. */
const LEAST = -3.4e38;
