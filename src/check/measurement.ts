import type { Check, Finding } from '#record/findings.js';
import type { Figures, Layer } from '#record/measures.js';
import type { Stage, Variant } from '#record/record.js';

/** What one metric kept of a model's outputs. */
export interface MeasuredMetric {
  /** As limits name it. */
  readonly name: string;
  readonly evidence: 'data' | 'weak';
  /** One for each row of the data, in its order. */
  readonly rows: readonly Float64Array[];
}

/** What was measured of one `.tflite` file, by itself: all that comparisons start from. */
export interface Measurement {
  readonly scheme: string;
  readonly engine: Variant['engine'];
  /** Why there is no file (`unsupported`, `invalid`), or that there is one. */
  readonly outcome: 'measured' | 'unsupported' | 'invalid';
  /** Where the file lies, absolute; undefined where there is none. */
  readonly path: string | undefined;
  readonly figures: Figures | undefined;
  readonly metrics: readonly MeasuredMetric[];
  readonly nan: Variant['nan'];
  readonly layers: readonly Layer[];
  readonly float: Variant['float'];
  readonly targets: Variant['targets'];
  /** Verdicts that need neither a base nor other models. */
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  readonly stages: readonly Stage[];
}

/** What a variant is compared with. */
export interface Before {
  /** Other for other content. */
  readonly key: string;
  /** Undefined where there is none. */
  readonly measurement: Measurement | undefined;
  /** Why it, or its metrics, are not there; one sentence. */
  readonly missing?: string;
  /** What is to be known of the comparison. */
  readonly findings: readonly Finding[];
}

/** A SavedModel's float model and variants. */
export interface ModelMeasurement {
  /** Metrics of the float model, by the metric's name; empty where it could not be made or run. */
  readonly reference: readonly MeasuredMetric[];
  /** By the variant's name. */
  readonly variants: ReadonlyMap<string, Measurement>;
}
