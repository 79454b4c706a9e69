/** How an op is quantized. */
export const schemes = [
  /** As it is. */
  'float32',
  /** Constants in half precision, computed in float32. */
  'float16',
  /** Weights in 8 bits, computed in integers where a hybrid kernel exists; activations stay float32. */
  'dynamic',
  /** Weights in 8 bits, computed in float32. */
  'weight-only',
  /** Weights in 4 bits, otherwise as `dynamic`. */
  'int4',
  /** Weights and activations in 8 bits; an op without such a kernel stays in float32. */
  'int8',
  /** As `int8`, but an op without such a kernel is an error. */
  'int8-only',
  /** Weights in 8 bits, activations in 16; an op without such a kernel stays in float32. */
  'int16x8',
] as const;

export type Scheme = (typeof schemes)[number];

/** Whether weights have a scale for each channel, or one; `per-tensor-dense`: one for matrix products only. */
export const granularities = ['per-channel', 'per-tensor', 'per-tensor-dense'] as const;

export type Granularity = (typeof granularities)[number];

export const weightAlgorithms = ['min-max', 'mse'] as const;

/** How the scales of weights are chosen. */
export interface WeightQuantization {
  readonly algorithm?: (typeof weightAlgorithms)[number];
  /** Bits of the weights of `dynamic`, `weight-only`, `int8`, `int8-only`; 8 by default. */
  readonly bits?: 4 | 8;
}

export const activationAlgorithms = ['min-max', 'moving-average', 'percentile', 'mse', 'entropy'] as const;

export type ActivationAlgorithm = (typeof activationAlgorithms)[number];

/** How the ranges of activations follow from what calibration sees. */
export interface ActivationCalibration {
  /** By default `mse` for products with weights in loops that become 8-bit integers, `min-max` for all else. */
  readonly algorithm?: ActivationAlgorithm;
  /** For `percentile`: how many of 100 values the range holds, 99.99 by default. */
  readonly percentile?: number;
  /** For `moving-average`: the weight of what was seen before, 0.95 by default. */
  readonly momentum?: number;
}

/** Which ops a rule is for: those that match all that is given. `*` stands for any characters, `?` for one. */
export interface Match {
  /** TFLite's name of the op: `CONV_2D`, `*POOL_2D`; case does not matter. */
  readonly op?: string;
  /** The layer that the op comes from, or its node's path: `encoder/*`. */
  readonly layer?: string;
  /** The name of a tensor that the op gives. */
  readonly tensor?: string;
}

/** What is said about quantization for some ops; what is left out is as the recipe says for all. */
export interface Treatment {
  readonly scheme: Scheme;
  readonly granularity: Granularity;
  readonly weights: Required<WeightQuantization>;
  readonly activations: ActivationCalibration;
}

export interface Rule {
  readonly match: Match;
  readonly scheme?: Scheme;
  readonly granularity?: Granularity;
  readonly weights?: WeightQuantization;
  readonly activations?: ActivationCalibration;
}

/** Steps that make quantized models more exact, at a cost in time. */
export interface RecipeOptions {
  /** Corrects biases by the mean error that quantized layers make on the calibration data; true by default. */
  readonly biasCorrection?: boolean;
  /** Rounds each weight up or down so that the layer's results stay closest on these data; true by default. */
  readonly adaptiveRounding?: boolean;
  /**
   * Scales the channels between linear layers so that one scale suits all of them; false by default, as it helps some
   * models and harms others. Saved calibrations hold for the value that they were made with.
   */
  readonly crossLayerEqualization?: boolean;
  /**
   * Rounds weights so that the errors of each result's weights add up to next to nothing, wherever biases are not
   * corrected by data; true by default.
   */
  readonly balancedRounding?: boolean;
  /**
   * In `int8`, computes what loops carry from run to run in 16 bits, and what variables keep in float32, so that rounding
   * errors do not add up; products with weights stay in 8. True by default; `int8-only` never does.
   */
  readonly wideStates?: boolean;
  /**
   * Constants with fewer elements stay as they are in `dynamic`, `weight-only` and `int4`; 1024 by default, and in
   * `dynamic` 8192 for products of loops.
   */
  readonly minimumElements?: number;
}

/** How to quantize a model: a scheme for all ops, and rules for some, of which the last that matches an op decides. */
export interface Recipe {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly summary?: string;
  readonly default: Scheme;
  readonly granularity?: Granularity;
  readonly weights?: WeightQuantization;
  readonly activations?: ActivationCalibration;
  readonly rules: readonly Rule[];
  readonly options: RecipeOptions;
}

/** Element types of the model's inputs and outputs that are float32 in the float model. */
export const ioTypes = ['float32', 'int8', 'uint8', 'int16'] as const;

export type IoType = (typeof ioTypes)[number];

/** Whether the ranges of activations must be known. */
export function isStatic(scheme: Scheme): boolean {
  return scheme === 'int8' || scheme === 'int8-only' || scheme === 'int16x8';
}

/** A recipe of one scheme for all ops. */
export function recipeOf(scheme: Scheme): Recipe {
  return { name: scheme, default: scheme, rules: [], options: {} };
}
