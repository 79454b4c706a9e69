import type { DType } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { AudioOptions } from './audio/audio-options.js';
import type { ImageOptions } from './images/image-options.js';

/** An input of a model, or a label: what a sample has to hold. */
export interface DataInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Inputs that are given together, and the labels that are asked for beside them. */
export interface DataSignature {
  readonly key: string;
  readonly inputs: readonly DataInput[];
}

/** What a model is given at once: one row of the data for each place in its batch, one where the batch is free. */
export interface Sample {
  /** Number of its first row in the data, from 0. */
  readonly index: number;
  /** How many rows it has of the data; if the model's batch is greater, the last one is repeated. */
  readonly rows: number;
  /** By the signature's input names, in the dtypes and shapes that the signature asks for. */
  readonly values: ReadonlyMap<string, Tensor>;
}

/**
 * A data set in files. Reading throws a DiagnosticError: `invalid-data` for what does not fit the signature or is
 * damaged, naming the file, the sample and the key; `file-unreadable`, `lfs-pointer`.
 */
export interface DataSet {
  readonly path: string;
  /** Number of rows, where that is known without reading them. */
  readonly count: number | undefined;
  /** All samples in the data's order, from the first one each time. */
  samples(signature: DataSignature): AsyncIterable<Sample>;
}

export interface DataSetOptions {
  /** How pictures become tensors. */
  readonly image?: ImageOptions | undefined;
  /** How recordings become tensors. */
  readonly audio?: AudioOptions | undefined;
  /** At most so many rows, 1 or more: the first ones, or with `seed` some from anywhere in the data, in its order. */
  readonly limit?: number | undefined;
  /** An integer; which rows `limit` takes follows from it. Without a limit it means nothing. */
  readonly seed?: number | undefined;
  /**
   * Columns of a table that are labels: left out where all other columns together are the model's only input. Default:
   * `label`.
   */
  readonly labels?: readonly string[] | undefined;
  /**
   * Names of the classes in the order of the model's outputs: a class's number is its place. For labels that are texts.
   * Default, in folders: the lines of `classes.txt` or `labels.txt`, else the names of the sub-folders, sorted.
   */
  readonly classes?: readonly string[] | undefined;
  /**
   * For folders: the table of labels, relative to the folder and in it. Default: `labels.csv`, `.tsv`, `.jsonl` or
   * `.ndjson` where there is one.
   */
  readonly labelFile?: string | undefined;
}
