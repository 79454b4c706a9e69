import { isStatic } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { type Feature, readExample } from '#wire/protobuf/example.generated.js';
import { decode, MalformedMessage } from '#wire/protobuf/reader.js';
import { refuseNaN } from './check-numbers.js';
import { describeType, rejectData, rejectMissing, rejectSample } from './data-error.js';
import type { DataInput, DataSetOptions, DataSignature } from './data-set.js';
import { featureTensor } from './example-values.js';
import { imageFormat } from './images/decode-image.js';
import { ImageError } from './images/image-options.js';
import { imageTensor } from './images/image-tensor.js';
import type { RecordFormat, RecordReader } from './record-data-set.js';
import { readTFRecords } from './tfrecord.js';
import { ValueMismatch } from './value-mismatch.js';

/** A tf.train.Example a row, whose features have the names of the inputs; pictures may be encoded as PNG or JPEG. */
export function tfrecordFormat(path: string, options: DataSetOptions): RecordFormat<Uint8Array> {
  return {
    path,
    count: undefined,
    records: () => readTFRecords(path),
    reader: async (signature) => new ExampleReader(path, options, signature),
  };
}

class ExampleReader implements RecordReader<Uint8Array> {
  readonly #path: string;
  readonly #options: DataSetOptions;
  readonly #signature: DataSignature;
  /** A record is asked for each input in turn. */
  #last: { readonly record: Uint8Array; readonly features: ReadonlyMap<string, Feature> } | undefined;

  constructor(path: string, options: DataSetOptions, signature: DataSignature) {
    this.#path = path;
    this.#options = options;
    this.#signature = signature;
  }

  async tensor(record: Uint8Array, row: number, input: DataInput): Promise<Tensor> {
    const features = this.#features(record, row);
    const key = this.#key(features, input);
    const feature = features.get(key);
    if (!feature) return rejectMissing(this.#path, `sample ${row}: the feature`, input.name, [...features.keys()]);
    const { dtype, shape } = input;
    const raw = dtype === 'string' ? undefined : feature.bytesList?.value[0];
    try {
      // Raw numbers may begin with any bytes, but then they are as many as the input takes.
      const isPicture = raw !== undefined && imageFormat(raw) !== undefined && !fits(feature, input);
      const tensor = isPicture
        ? await imageTensor(raw, input, this.#options.image ?? {})
        : featureTensor(feature, dtype, shape);
      refuseNaN(this.#path, row, key, tensor);
      return tensor;
    } catch (error) {
      if (!(error instanceof ValueMismatch) && !(error instanceof ImageError)) throw error;
      return rejectSample(this.#path, row, key, `${error.message}; the input takes ${describeType(dtype, shape)}`);
    }
  }

  holdsWhole(record: Uint8Array, input: DataInput): boolean {
    const features = this.#features(record, 0);
    const feature = features.get(this.#key(features, input));
    return feature !== undefined && fits(feature, input);
  }

  #key(features: ReadonlyMap<string, Feature>, { name }: DataInput): string {
    const full = `${this.#signature.key}/${name}`;
    return features.has(full) ? full : name;
  }

  #features(record: Uint8Array, row: number): ReadonlyMap<string, Feature> {
    if (this.#last?.record === record) return this.#last.features;
    try {
      const features = decode(record, readExample).features?.feature ?? new Map<string, Feature>();
      this.#last = { record, features };
      return features;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return rejectData(this.#path, `sample ${row} is no tf.train.Example: ${error.message}`);
    }
  }
}

function fits(feature: Feature, { dtype, shape }: DataInput): boolean {
  if (!isStatic(shape)) return false;
  try {
    featureTensor(feature, dtype, shape);
    return true;
  } catch {
    return false;
  }
}
