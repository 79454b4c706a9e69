import { isStatic } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { type Feature, readExample } from '#wire/protobuf/example.generated.js';
import { decode, MalformedMessage } from '#wire/protobuf/reader.js';
import { batchRows, type Row, rowShape } from './batch-rows.js';
import { refuseNaN } from './check-numbers.js';
import { describeType, rejectData, rejectMissing, rejectSample } from './data-error.js';
import type { DataInput, DataSet, DataSetOptions, DataSignature, Sample } from './data-set.js';
import { FeatureMismatch, featureTensor } from './example-values.js';
import { imageFormat } from './images/decode-image.js';
import { ImageError } from './images/image-options.js';
import { imageTensor } from './images/image-tensor.js';
import { readTFRecords } from './tfrecord.js';

/** A tf.train.Example a row, whose features have the names of the inputs; pictures may be encoded as PNG or JPEG. */
export class TFRecordDataSet implements DataSet {
  readonly path: string;
  readonly count = undefined;
  readonly #options: DataSetOptions;

  constructor(path: string, options: DataSetOptions) {
    this.path = path;
    this.#options = options;
  }

  async *samples(signature: DataSignature): AsyncGenerator<Sample> {
    const batch = await this.#batch(signature);
    yield* batchRows(this.path, signature, batch, this.#rows(signature, batch));
  }

  /** 1 where a record holds whole inputs, as the first one shows; else the dimension that all inputs begin with. */
  async #batch(signature: DataSignature): Promise<number> {
    const batches = new Set(signature.inputs.map(({ shape }) => shape?.[0] ?? 1));
    const [batch] = batches;
    if (batch === undefined || batches.size > 1) return 1;
    for await (const record of readTFRecords(this.path)) {
      const features = this.#features(record, 0);
      const whole = signature.inputs.some((input) => {
        const feature = features.get(this.#key(features, signature, input));
        return feature !== undefined && fits(feature, input);
      });
      return whole ? 1 : batch;
    }
    return 1;
  }

  #key(features: ReadonlyMap<string, Feature>, signature: DataSignature, { name }: DataInput): string {
    const full = `${signature.key}/${name}`;
    return features.has(full) ? full : name;
  }

  async *#rows(signature: DataSignature, batch: number): AsyncGenerator<Row> {
    let index = 0;
    for await (const record of readTFRecords(this.path)) {
      const features = this.#features(record, index);
      const row = new Map<string, Tensor>();
      for (const input of signature.inputs) {
        const { name } = input;
        const key = this.#key(features, signature, input);
        const feature = features.get(key);
        if (!feature) rejectMissing(this.path, `sample ${index}: the feature`, name, [...features.keys()]);
        row.set(name, await this.#tensor(feature, { ...input, shape: rowShape(input, batch) }, index, key));
      }
      yield row;
      index++;
    }
  }

  #features(record: Uint8Array, index: number): ReadonlyMap<string, Feature> {
    try {
      return decode(record, readExample).features?.feature ?? new Map();
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return rejectData(this.path, `sample ${index} is no tf.train.Example: ${error.message}`);
    }
  }

  async #tensor(feature: Feature, input: DataInput, index: number, key: string): Promise<Tensor> {
    const { dtype, shape } = input;
    const raw = dtype === 'string' ? undefined : feature.bytesList?.value[0];
    try {
      // Raw numbers may begin with any bytes, but then they are as many as the input takes.
      const isPicture = raw !== undefined && imageFormat(raw) !== undefined && !fits(feature, input);
      const tensor = isPicture
        ? await imageTensor(raw, input, this.#options.image ?? {})
        : featureTensor(feature, dtype, shape);
      refuseNaN(this.path, index, key, tensor);
      return tensor;
    } catch (error) {
      if (!(error instanceof FeatureMismatch) && !(error instanceof ImageError)) throw error;
      return rejectSample(this.path, index, key, `${error.message}; the input takes ${describeType(dtype, shape)}`);
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
