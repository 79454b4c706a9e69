import type { DataInput } from '#data/data-set.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import type { Tensor } from '#tensor/tensor.js';

/**
 * What a model is judged by. Of each data row it keeps a few numbers, a row, and computes its value from rows: results
 * are joined by putting their rows one after the other, and resampled by weighing rows.
 */
export interface Metric {
  /** As users write it, with what stands in brackets: `top-1`, `f1[3]`, `./metric.mjs`. */
  readonly name: string;
  /** Which values are better. */
  readonly direction: 'higher' | 'lower';
  /** `binary`: rows are one 0 or 1, and the value their mean; `mean`: the value is the mean of one number a row. */
  readonly kind: 'binary' | 'mean' | 'general';
  /** What values are counted in, where that is not a plain number or the output's own unit. */
  readonly unit?: 'dB';
  /** Whether `observe` needs the outputs of the float model. */
  readonly comparesWithReference: boolean;
  /** What the data has to hold for this signature beside its inputs. */
  labels(signature: SignatureInfo): readonly DataInput[];
  /**
   * The rows of a sample, one for each of its data rows. Throws a DiagnosticError: `invalid-data` for a label that
   * cannot be, naming the sample, and `invalid-option` for outputs that the metric cannot judge.
   */
  observe(observation: Observation): readonly Float64Array[];
  /**
   * The value for rows that count `weights[i]` times, once if left out; NaN where it is undefined. What helps with
   * further weights for the same array of rows is kept while the array is: with weights given, it must not change.
   */
  value(rows: readonly Float64Array[], weights?: Uint32Array): number;
}

/** What a model made of one sample. */
export interface Observation {
  /** The data's path, for messages. */
  readonly source: string;
  /** Number of the sample's first row in the data. */
  readonly index: number;
  /** How many rows of the data it has; the model's batch may be greater, and what follows them does not count. */
  readonly rows: number;
  /** By the signature's names, as the model gave them: in integers where they are quantized. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** By the names of what `labels` asked for. */
  readonly labels: ReadonlyMap<string, Tensor>;
  /** The model's signature. */
  readonly signature: SignatureInfo;
  readonly reference?: Reference;
}

/** What the float model made of the same sample. */
export interface Reference {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly signature: SignatureInfo;
}

/** How a box's four numbers are to be read: `y` and `x` are corners, `cx` and `cy` the centre. */
export type BoxFormat = 'yxyx' | 'xyxy' | 'xywh' | 'cxcywh';

/** How labels tell classes: by number, or by a 1 in the place of the class. */
export type LabelType = 'int64' | 'int32' | 'uint8' | 'one-hot';

export interface MetricOptions {
  /** The output that is judged. Default: the only one; for comparisons with the float model, all. */
  readonly output?: string | undefined;
  /** The data's key of the labels. Default: `label`. */
  readonly label?: string | undefined;
  /** Default: `int64`. */
  readonly labelType?: LabelType | undefined;
  /** Added to labels to give the place of their class in the output: 1 where the model has a class 0 for background. */
  readonly labelOffset?: number | undefined;
  /** Rows or pixels with this label do not count, for `mean-iou`. */
  readonly ignoreLabel?: number | undefined;
  /** What the output is, where a metric needs to know. Default: `probabilities`. */
  readonly scores?: 'probabilities' | 'logits' | undefined;
  /** What `mae`, `rmse`, `r2`, `cosine`, `sqnr` and `max-error` compare with. Defaults: see `findMetric`. */
  readonly against?: 'labels' | 'float' | undefined;
  /** For `map`: names of outputs that their own names do not tell. */
  readonly detection?: DetectionOutputs | undefined;
  /** For `map`: how the model gives boxes. Default: `yxyx`, as TFLite_Detection_PostProcess does. */
  readonly boxFormat?: BoxFormat | undefined;
  /** For `map`: how the data gives boxes. Default: as the model. */
  readonly labelBoxFormat?: BoxFormat | undefined;
  /** For `map`: whether the data has a key `crowd`, of the label type: 1 for boxes that hold many objects. */
  readonly crowd?: boolean | undefined;
}

/** Outputs of a detection model, by the signature's names. */
export interface DetectionOutputs {
  /** [batch, detections, 4] */
  readonly boxes?: string | undefined;
  /** [batch, detections] */
  readonly classes?: string | undefined;
  /** [batch, detections] */
  readonly scores?: string | undefined;
  /** [batch]: how many of the detections count. */
  readonly count?: string | undefined;
}

/**
 * How much worse than another a value is, as a budget counts it: negative for a better one, NaN where one of them is
 * undefined. Of decibels, the difference in noise as a share of the signal's power: of 20 dB to an exact model, 0.01.
 */
export function dropOf({ direction, unit }: Pick<Metric, 'direction' | 'unit'>, value: number, from: number): number {
  if (value === from) return 0;
  if (unit === 'dB') return noiseShare(value) - noiseShare(from);
  return direction === 'higher' ? from - value : value - from;
}

function noiseShare(decibels: number): number {
  return 10 ** (-decibels / 10);
}
