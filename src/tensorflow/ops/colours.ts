import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { Formula } from './support/formula.js';
import { cast, unsupportedType } from './support/lower-elementwise.js';
import { likeFirst } from './support/operands.js';
import { type OpView, rankOf } from './support/types.js';

/** Three planes [..., 1] of an image [..., 3]. */
type Planes = readonly [Value, Value, Value];

function split(f: Formula, image: Value): Planes {
  const axis = f.build.int((rankOf(image) ?? 1) - 1);
  return f.build.op(tfl.Split, [axis, image], { num_splits: 3 }).results as readonly Value[] as Planes;
}

function join(f: Formula, planes: Planes): Value {
  return f.build.value(tfl.Concatenation, planes, { axis: (rankOf(planes[0]) ?? 1) - 1 });
}

function clamped(f: Formula, x: Value): Value {
  return f.apply(tfl.Minimum, f.apply(tfl.Maximum, x, f.number(0)), f.number(1));
}

/** Hue, saturation and value of red, green and blue. */
function toHsv(f: Formula, [red, green, blue]: Planes): Planes {
  const value = f.apply(tfl.Maximum, f.apply(tfl.Maximum, red, green), blue);
  const range = f.sub(value, f.apply(tfl.Minimum, f.apply(tfl.Minimum, red, green), blue));
  const saturation = f.select(f.apply(tfl.Greater, value, f.number(0)), f.div(range, value), f.number(0));
  const turn = (from: Value, to: Value, start: number): Value =>
    f.add(f.div(f.sub(from, to), f.mul(range, f.number(6))), f.number(start));
  const fromGreen = f.select(f.apply(tfl.Equal, green, value), turn(blue, red, 2 / 6), turn(red, green, 4 / 6));
  const hue = f.select(f.apply(tfl.Equal, red, value), turn(green, blue, 0), fromGreen);
  const positive = f.select(f.apply(tfl.Less, hue, f.number(0)), f.add(hue, f.number(1)), hue);
  return [f.select(f.apply(tfl.Greater, range, f.number(0)), positive, f.number(0)), saturation, value];
}

function toRgb(f: Formula, [hue, saturation, value]: Planes): Planes {
  const turned = f.mul(hue, f.number(6));
  const away = (from: number): Value => f.apply(tfl.Abs, f.sub(turned, f.number(from)));
  const strengths = [f.sub(away(3), f.number(1)), f.sub(f.number(2), away(2)), f.sub(f.number(2), away(4))];
  const pale = f.sub(f.number(1), saturation);
  return strengths.map((strength) =>
    f.mul(f.add(pale, f.mul(saturation, clamped(f, strength))), value),
  ) as readonly Value[] as Planes;
}

/** An image whose last dimension holds three planes, computed in float32. */
function onPlanes(write: (f: Formula, planes: Planes, op: OpView) => Planes) {
  return (op: OpView, build: LoweringBuilder): Lowered => {
    const image = op.operand(0);
    const { dtype, shape } = tensorTypeOf(image);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    if (shape === null) return unsupported('the rank of the image is not known', 'Give it a known rank.');
    const f = new Formula(build);
    return cast(build, join(f, write(f, split(f, cast(build, image, 'float32')), op)), dtype);
  };
}

export const RGBToHSV = defineTfOp({
  name: 'RGBToHSV',
  summary: 'Hue, saturation and value of red, green and blue',
  operands: ['images'],
  attributes: { T: attr.dtype('float32') },
  infer: likeFirst,
  lower: onPlanes(toHsv),
});

export const HSVToRGB = defineTfOp({
  name: 'HSVToRGB',
  summary: 'Red, green and blue of hue, saturation and value',
  operands: ['images'],
  attributes: { T: attr.dtype('float32') },
  infer: likeFirst,
  lower: onPlanes(toRgb),
});

export const AdjustSaturation = defineTfOp({
  name: 'AdjustSaturation',
  summary: 'Images of a saturation that is multiplied',
  operands: ['images', 'scale'],
  attributes: { T: attr.dtype('float32') },
  infer: likeFirst,
  lower: onPlanes((f, planes, op) => {
    const [hue, saturation, value] = toHsv(f, planes);
    return toRgb(f, [hue, clamped(f, f.mul(saturation, op.operand(1))), value]);
  }),
});

export const AdjustHue = defineTfOp({
  name: 'AdjustHue',
  summary: 'Images of a hue that is turned',
  operands: ['images', 'delta'],
  attributes: { T: attr.dtype('float32') },
  infer: likeFirst,
  lower: onPlanes((f, planes, op) => {
    const [hue, saturation, value] = toHsv(f, planes);
    const turned = f.add(hue, op.operand(1));
    return toRgb(f, [f.sub(turned, f.apply(tfl.Floor, turned)), saturation, value]);
  }),
});

export const AdjustContrastv2 = defineTfOp({
  name: 'AdjustContrastv2',
  summary: 'Images whose distance from the mean of each channel is multiplied',
  operands: ['images', 'contrast_factor'],
  attributes: { T: attr.dtype('float32') },
  infer: likeFirst,
  lower: (op, build) => {
    const images = op.operand(0);
    const { dtype, shape } = tensorTypeOf(images);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    if (shape === null) return unsupported('the rank of the images is not known', 'Give them a known rank.');
    const f = new Formula(build);
    const wide = cast(build, images, 'float32');
    const axes = build.ints([shape.length - 3, shape.length - 2]);
    const mean = build.value(tfl.Mean, [wide, axes], { keep_dims: true });
    return cast(build, f.add(f.mul(f.sub(wide, mean), op.operand(1)), mean), dtype);
  },
});
