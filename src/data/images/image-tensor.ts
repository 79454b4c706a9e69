import type { Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { describeType } from '../data-error.js';
import type { DataInput } from '../data-set.js';
import { decodeImage, type Picture } from './decode-image.js';
import { fitPicture } from './fit-picture.js';
import { ImageError, type ImageOptions } from './image-options.js';
import type { Plane } from './resize.js';

/** Where the parts of a picture are in an input's shape. */
interface Layout {
  readonly channels: number;
  /** Undefined where the model takes any. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  readonly channelsFirst: boolean;
  /** Dimensions in front, all of them 1. */
  readonly leading: number;
}

/**
 * Decodes a PNG or JPEG and makes of it what an input takes: float32, uint8 or int8 (pixels less 128), [1, height,
 * width, channels] or [1, channels, height, width], with or without the first dimension; 1, 3 or 4 channels. Throws an
 * ImageError.
 */
export async function imageTensor(bytes: Uint8Array, input: DataInput, options: ImageOptions): Promise<Tensor> {
  const layout = layoutOf(input);
  const picture = await decodeImage(bytes);
  const height = layout.height ?? picture.height;
  const width = layout.width ?? picture.width;
  const pixels = fitPicture(channelsOf(picture, layout.channels, options.order === 'bgr'), width, height, options);
  normalize(pixels, layout.channels, options);
  const values = layout.channelsFirst ? toChannelsFirst(pixels, layout.channels) : pixels;
  const dims = layout.channelsFirst ? [layout.channels, height, width] : [height, width, layout.channels];
  return toTensor(values, input.dtype, [...new Array<number>(layout.leading).fill(1), ...dims]);
}

function layoutOf({ dtype, shape }: DataInput): Layout {
  const dims = shape ?? [];
  const leading = dims.length - 3;
  const [first, second, third] = dims.slice(-3);
  const isChannels = (dim: Shape extends null ? never : number | null | undefined) =>
    dim === 1 || dim === 3 || dim === 4;
  const numbers = dtype === 'float32' || dtype === 'uint8' || dtype === 'int8';
  const channelsLast = isChannels(third);
  if (
    !numbers ||
    leading < 0 ||
    leading > 1 ||
    (leading === 1 && (dims[0] ?? 1) !== 1) ||
    !(channelsLast || isChannels(first))
  ) {
    throw new ImageError(`a picture does not fit ${describeType(dtype, shape)}`);
  }
  const [height, width, channels] = channelsLast ? [first, second, third] : [second, third, first];
  return {
    channels: channels as number,
    height: height ?? undefined,
    width: width ?? undefined,
    channelsFirst: !channelsLast,
    leading,
  };
}

function channelsOf({ width, height, data }: Picture, channels: number, reversed: boolean): Plane {
  if (channels === 4) return { width, height, channels, data: reversed ? swapRedAndBlue(data) : data };
  const result = new Uint8Array(width * height * channels);
  for (let pixel = 0, from = 0, to = 0; pixel < width * height; pixel++, from += 4) {
    const red = data[from] as number;
    const green = data[from + 1] as number;
    const blue = data[from + 2] as number;
    if (channels === 1) {
      // ITU-R BT.601, as JPEG and Pillow have it.
      result[to++] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    } else {
      result[to++] = reversed ? blue : red;
      result[to++] = green;
      result[to++] = reversed ? red : blue;
    }
  }
  return { width, height, channels, data: result };
}

function swapRedAndBlue(data: Picture['data']): Uint8Array {
  const result = Uint8Array.from(data);
  for (let i = 0; i < result.length; i += 4) {
    result[i] = data[i + 2] as number;
    result[i + 2] = data[i] as number;
  }
  return result;
}

function normalize(pixels: Float32Array, channels: number, { scale = 1, mean = 0, std = 1 }: ImageOptions): void {
  const each = (value: number | readonly number[], name: string) => {
    const values = typeof value === 'number' ? new Array<number>(channels).fill(value) : value;
    if (values.length !== channels)
      throw new ImageError(`'${name}' has ${values.length} values for ${channels} channels`);
    return values;
  };
  const means = each(mean, 'mean');
  const deviations = each(std, 'std');
  if (scale === 1 && means.every((value) => value === 0) && deviations.every((value) => value === 1)) return;
  for (let i = 0; i < pixels.length; i++) {
    const channel = i % channels;
    pixels[i] = ((pixels[i] as number) * scale - (means[channel] as number)) / (deviations[channel] as number);
  }
}

function toChannelsFirst(pixels: Float32Array, channels: number): Float32Array {
  const result = new Float32Array(pixels.length);
  const count = pixels.length / channels;
  for (let pixel = 0; pixel < count; pixel++) {
    for (let c = 0; c < channels; c++) result[c * count + pixel] = pixels[pixel * channels + c] as number;
  }
  return result;
}

function toTensor(values: Float32Array, dtype: DataInput['dtype'], shape: readonly number[]): Tensor {
  if (dtype === 'float32') return Tensor.from('float32', shape, values);
  if (dtype === 'uint8') return Tensor.from('uint8', shape, Uint8ClampedArray.from(values) as unknown as Uint8Array);
  const shifted = values.map((value) => Math.min(Math.max(Math.round(value) - 128, -128), 127));
  return Tensor.from('int8', shape, Int8Array.from(shifted));
}
