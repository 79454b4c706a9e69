import type { Dim } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { AudioError } from '../audio/audio-options.js';
import { beginsWithBatch, RecordingReader } from '../audio/audio-tensor.js';
import type { DataInput, DataSetOptions } from '../data-set.js';
import { ImageError } from '../images/image-options.js';
import { imageTensor } from '../images/image-tensor.js';

/** A kind of files that folders hold. */
export interface Media {
  /** `a folder of pictures` */
  readonly name: string;
  readonly file: RegExp;
  /** The largest file that is read, in bytes. */
  readonly largest: number;
  /** Whether an input of this shape has a batch in front. */
  hasBatch(shape: readonly Dim[]): boolean;
  /** Makes what turns one file after the other into tensors; it throws an ImageError or AudioError. */
  decoder(options: DataSetOptions): (bytes: Uint8Array, input: DataInput) => Tensor | Promise<Tensor>;
}

export const media: readonly Media[] = [
  {
    name: 'a folder of pictures',
    file: /\.(png|jpe?g)$/i,
    largest: 2 ** 28,
    hasBatch: (shape) => shape.length === 4,
    decoder:
      ({ image = {} }) =>
      (bytes, input) =>
        imageTensor(bytes, input, image),
  },
  {
    name: 'a folder of recordings',
    file: /\.wave?$/i,
    largest: 2 ** 26,
    hasBatch: beginsWithBatch,
    decoder: ({ audio = {} }) => {
      const reader = new RecordingReader(audio);
      return (bytes, input) => reader.tensor(bytes, input);
    },
  },
];

/** Why a file is of no use, and what helps; undefined for an error of another kind. */
export function reasonOf(error: unknown): { message: string; help: readonly string[] } | undefined {
  if (error instanceof AudioError) return error;
  return error instanceof ImageError ? { message: error.message, help: [] } : undefined;
}
