import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { describeType } from '../data-error.js';
import type { DataInput } from '../data-set.js';
import { AudioError, type AudioOptions } from './audio-options.js';
import { decodeWav, type Recording } from './decode-wav.js';
import { resample } from './resample.js';

/** Where the samples of a recording are in an input's shape. */
interface Layout {
  readonly channels: number;
  /** Undefined where the model takes any. */
  readonly length: number | undefined;
  readonly channelsFirst: boolean;
  /** Makes the shape of a recording of that length. */
  shape(length: number): readonly number[];
}

const MOST_CHANNELS = 8;

/**
 * Makes tensors of recordings, which all have one rate, for an input of float32 or int16: [length], [length, channels],
 * or [1, length], [1, length, channels] or [1, channels, length], with up to 8 channels.
 */
export class RecordingReader {
  readonly #options: AudioOptions;
  #rate: number | undefined;

  constructor(options: AudioOptions) {
    this.#options = options;
    this.#rate = options.sampleRate;
  }

  /** Throws an AudioError. */
  tensor(bytes: Uint8Array, input: DataInput): Tensor {
    const layout = layoutOf(input);
    const recording = this.#atRate(withChannels(decodeWav(bytes), layout.channels, this.#options));
    const found = recording.channels[0]?.length ?? 0;
    const length = layout.length ?? found;
    if (found !== length && this.#options.length !== 'fit') {
      throw new AudioError(
        `it has ${found} samples, and the input takes ${length}`,
        'Give the option `length: fit`, which pads with silence and cuts.',
      );
    }
    const channels = recording.channels.map((samples) => fitLength(samples, length, this.#options.align === 'middle'));
    return toTensor(channels, length, layout, input.dtype, this.#options.scale ?? 1);
  }

  #atRate(recording: Recording): Recording {
    this.#rate ??= recording.sampleRate;
    if (recording.sampleRate === this.#rate) return recording;
    const { sampleRate, resample: allowed } = this.#options;
    if (allowed && sampleRate !== undefined) return resample(recording, sampleRate);
    const wanted = sampleRate === undefined ? 'the recordings before it' : 'the option `sample-rate`';
    throw new AudioError(
      `it has ${recording.sampleRate} samples a second, and ${wanted} ${this.#rate}`,
      'Save all recordings at the rate that the model was trained with, or give the options `sample-rate` and `resample: true`.',
    );
  }
}

/** Whether the first dimension of an input counts recordings, rather than samples of one. */
export function beginsWithBatch(shape: readonly Dim[]): boolean {
  return shape.length === 3 || (shape.length === 2 && !isChannels(shape[1]));
}

function isChannels(dim: Dim | undefined): boolean {
  return typeof dim === 'number' && dim >= 1 && dim <= MOST_CHANNELS;
}

function layoutOf({ dtype, shape }: DataInput): Layout {
  const dims = shape ?? [];
  const isOne = (dims[0] ?? 1) === 1;
  const [, second = null, third = null] = dims;
  const layout = (channels: Dim, length: Dim | undefined, channelsFirst: boolean, of: Layout['shape']): Layout => ({
    channels: channels as number,
    length: length ?? undefined,
    channelsFirst,
    shape: of,
  });
  if (dtype === 'float32' || dtype === 'int16') {
    if (dims.length === 1) return layout(1, dims[0], false, (length) => [length]);
    if (dims.length === 2 && isChannels(second)) {
      return layout(second, dims[0], false, (length) => [length, second as number]);
    }
    if (dims.length === 2 && isOne) return layout(1, second, false, (length) => [1, length]);
    if (dims.length === 3 && isOne && isChannels(third)) {
      return layout(third, second, false, (length) => [1, length, third as number]);
    }
    if (dims.length === 3 && isOne && isChannels(second)) {
      return layout(second, third, true, (length) => [1, second as number, length]);
    }
  }
  throw new AudioError(`a recording does not fit ${describeType(dtype, shape)}`);
}

function withChannels({ sampleRate, channels }: Recording, count: number, { mono }: AudioOptions): Recording {
  if (channels.length === count) return { sampleRate, channels };
  const [left, right] = channels;
  if (count !== 1 || left === undefined || right === undefined || mono === undefined) {
    throw new AudioError(
      `it has ${channels.length} channels, and the input takes ${count}`,
      ...(count === 1 ? ['Give the option `mono`: `mean`, `left` or `right`.'] : []),
    );
  }
  if (mono !== 'mean') return { sampleRate, channels: [mono === 'left' ? left : right] };
  const mean = left.map((_, i) => channels.reduce((sum, samples) => sum + (samples[i] as number), 0) / channels.length);
  return { sampleRate, channels: [mean] };
}

function fitLength(samples: Float64Array, length: number, inMiddle: boolean): Float64Array {
  if (samples.length === length) return samples;
  const extra = samples.length - length;
  const start = inMiddle ? Math.floor(Math.abs(extra) / 2) : 0;
  if (extra > 0) return samples.subarray(start, start + length);
  const padded = new Float64Array(length);
  padded.set(samples, start);
  return padded;
}

function toTensor(
  channels: readonly Float64Array[],
  length: number,
  layout: Layout,
  dtype: DataInput['dtype'],
  scale: number,
): Tensor {
  const data =
    dtype === 'int16' ? new Int16Array(channels.length * length) : new Float32Array(channels.length * length);
  channels.forEach((samples, channel) => {
    const [from, step] = layout.channelsFirst ? [channel * length, 1] : [channel, channels.length];
    for (let i = 0; i < length; i++) {
      const value = (samples[i] as number) * scale;
      data[from + i * step] = dtype === 'int16' ? Math.min(Math.max(Math.round(value * 32768), -32768), 32767) : value;
    }
  });
  return Tensor.from(dtype === 'int16' ? 'int16' : 'float32', layout.shape(length), data);
}
