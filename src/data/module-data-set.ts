import { isStatic } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { refuseNaN } from './check-numbers.js';
import { describeType, rejectData, rejectMissing, rejectSample } from './data-error.js';
import type { DataInput, DataSet, DataSetOptions } from './data-set.js';
import { shapeOfNested } from './fit-shape.js';
import { RecordDataSet, type RecordReader } from './record-data-set.js';
import { CodeHost, type CodeOptions } from './user-code/code-host.js';
import type { DataDescription } from './user-code/messages.js';
import { ValueMismatch } from './value-mismatch.js';
import { elementsTensor, valueTensor } from './value-tensor.js';

/** What a module exports, by name or as its default, to be a data set. */
export interface DataModule {
  /** All samples in order, from the first one each time. */
  samples(): Iterable<ModuleSample> | AsyncIterable<ModuleSample>;
  /** How many samples there are, where that is known. */
  readonly count?: number;
}

/** One row of the data, by the names of the model's inputs and of labels. */
export type ModuleSample = Readonly<Record<string, ModuleValue | ArrayInShape>>;

/** Elements one after the other, or in lists nested as the axes are. */
export type ModuleValue = number | bigint | boolean | string | ArrayBufferView | readonly ModuleValue[];

export interface ArrayInShape {
  readonly data: ArrayBufferView | readonly (number | bigint | boolean | string)[];
  readonly shape: readonly number[];
}

/** Whether a path is that of a module by its name. */
export function isModuleName(path: string): boolean {
  return /\.[cm]?js$/i.test(path);
}

/**
 * A data set that an ES module yields, run in a process of its own for each reading. Throws a DiagnosticError:
 * `code-not-allowed` unless the caller allows it, `file-unreadable`, `user-code-failed`.
 */
export async function openModuleDataSet(path: string, options: DataSetOptions & CodeOptions): Promise<DataSet> {
  const { host, description } = await CodeHost.open(path, 'data', options);
  await host.dispose();
  const { count } = description as DataDescription;
  const reader = new ModuleReader(path);
  const records = () => readModule(path, options);
  return new RecordDataSet<ModuleSample>({ path, count, records, reader: async () => reader }, options);
}

async function* readModule(path: string, options: CodeOptions): AsyncGenerator<ModuleSample> {
  const { host } = await CodeHost.open(path, 'data', options);
  let index = 0;
  try {
    await host.request({ kind: 'open' });
    for (;;) {
      const samples = (await host.request({ kind: 'next' })) as unknown[];
      if (samples.length === 0) return;
      for (const sample of samples) {
        if (typeof sample !== 'object' || sample === null || Array.isArray(sample) || ArrayBuffer.isView(sample)) {
          rejectData(path, `sample ${index} is no object with a value for each input`);
        }
        yield sample as ModuleSample;
        index++;
      }
    }
  } finally {
    await host.dispose();
  }
}

class ModuleReader implements RecordReader<ModuleSample> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  tensor(sample: ModuleSample, row: number, input: DataInput): Tensor {
    const { name } = input;
    if (!Object.hasOwn(sample, name)) {
      return rejectMissing(this.#path, `sample ${row}: the key`, name, Object.keys(sample));
    }
    try {
      const tensor = tensorOf(sample[name], input);
      refuseNaN(this.#path, row, name, tensor);
      return tensor;
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error;
      const takes = describeType(input.dtype, input.shape);
      return rejectSample(this.#path, row, name, `${error.message}; the input takes ${takes}`, ...error.help);
    }
  }

  holdsWhole(sample: ModuleSample, input: DataInput): boolean {
    if (!isStatic(input.shape) || !Object.hasOwn(sample, input.name)) return false;
    try {
      tensorOf(sample[input.name], input);
      return true;
    } catch (error) {
      if (error instanceof ValueMismatch) return false;
      throw error;
    }
  }
}

function tensorOf(value: unknown, input: DataInput): Tensor {
  if (isInShape(value)) {
    const elements = listOf(value.data) ?? [];
    const count = value.shape.reduce((product, dim) => product * dim, 1);
    if (elements.length === count) return elementsTensor(elements, value.shape, input);
    throw new ValueMismatch(`it has ${elements.length} elements and the shape [${value.shape.join('x')}]`);
  }
  // What most samples are, without looking at each element.
  if (input.dtype === 'float32' && value instanceof Float32Array) {
    return Tensor.from('float32', shapeOfNested(input.shape, [value.length]), value);
  }
  if (input.dtype === 'uint8' && value instanceof Uint8Array) {
    return Tensor.from('uint8', shapeOfNested(input.shape, [value.length]), value);
  }
  if (!ArrayBuffer.isView(value)) return valueTensor(element(value), input);
  const elements = listOf(value);
  return elementsTensor(elements, [elements.length], input);
}

function isInShape(value: unknown): value is ArrayInShape {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  const { data, shape } = value as Partial<ArrayInShape>;
  return data !== undefined && Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.map(element);
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return [];
  return Array.from(value as unknown as ArrayLike<unknown>, element);
}

/** Large integers as the text that stands for them in other formats. */
function element(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
