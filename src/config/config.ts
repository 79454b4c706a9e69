import type {
  boxFormats,
  engines,
  failures,
  ioTypes,
  labelTypes,
  runtimes,
  SchemeName,
  targetNames,
} from './choices.js';
import type { Limit } from './quantity.js';

export type EngineName = (typeof engines)[number];
export type FailureKind = (typeof failures)[number];
export type IoTypeName = (typeof ioTypes)[number];

/** A configuration with defaults filled in; `models` are entries whose `path` may be a glob. */
export interface Config {
  /** The file it was read from; undefined where there is none. */
  readonly file: string | undefined;
  readonly models: readonly ModelEntry[];
  readonly allowCode: boolean;
  readonly allowLimitChanges: boolean;
  /** Verdicts that fail the run; none for `none`. Wrong input always does. */
  readonly failOn: readonly FailureKind[];
  /** What runs models: LiteRT as WebAssembly, or its native library. */
  readonly runtime: (typeof runtimes)[number];
  /** The Python that has TensorFlow, or LiteRT's native library. */
  readonly python: string | undefined;
  readonly engineSetup: 'none' | 'auto';
  /** Seconds that the `tensorflow` engine may take for one model. */
  readonly engineTimeLimit: number;
  /** Bytes that the `tensorflow` engine may take; undefined for no limit. */
  readonly engineMemory: number | undefined;
  /** Folder of results by content; undefined for none. */
  readonly cache: string | undefined;
  /** Worker threads; undefined for as many as there are processors. */
  readonly workers: number | undefined;
  /** Bytes that all workers may take together; undefined for what the machine has. */
  readonly memory: number | undefined;
  readonly report: ReportConfig;
}

export interface ReportConfig {
  readonly comment: boolean;
  readonly annotations: boolean;
  /** Undefined where nothing is uploaded. */
  readonly artifactName: string | undefined;
  /** Undefined for what the repository says. */
  readonly retentionDays: number | undefined;
}

/** One entry of `models`, with the defaults below it. */
export interface ModelEntry {
  /** Folder of a SavedModel, or a glob of such folders, relative to the root, with `/`. */
  readonly path: string;
  /** As written: may hold `{name}`. Undefined where the name follows from the folder. */
  readonly name: string | undefined;
  readonly signatures: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  /** By the signature's input names; `null` for a dimension that stays free. */
  readonly inputShapes: Readonly<Record<string, readonly (number | null)[]>>;
  readonly variants: readonly VariantConfig[];
  readonly evaluate: EvaluateConfig;
  /** `tensorflow`: the SavedModel itself is run by TensorFlow, and compared. */
  readonly verify: 'none' | 'tensorflow';
  readonly baseline: Baseline;
  /** What holds for variants that say nothing else; a variant's own `limits` and `targets` are what counts. */
  readonly limits: Limits;
  readonly targets: readonly Target[];
}

export type Baseline =
  /** The base commit of the pull request. */
  | { readonly kind: 'base' }
  | { readonly kind: 'none' }
  /** A file by `tflite-gate baseline --write`. */
  | { readonly kind: 'file'; readonly path: string };

export interface VariantConfig {
  /** Unique in its model. */
  readonly name: string;
  /** Undefined where a recipe says it. */
  readonly quantize: SchemeName | undefined;
  /** A ready recipe's name or a YAML file. */
  readonly recipe: string | undefined;
  /** A data set, or `random`. */
  readonly representativeData: string | undefined;
  /** A file of ranges. */
  readonly calibration: string | undefined;
  readonly ioType: IoTypeName;
  readonly engine: EngineName;
  readonly selectTfOps: boolean;
  /** Ops whose kernels the application brings, by TensorFlow's names. */
  readonly allowCustomOps: readonly string[];
  /** Names of ready rules, or files of rules. */
  readonly replacements: readonly string[];
  readonly fuseRnn: boolean;
  readonly limits: Limits;
  readonly targets: readonly Target[];
}

export interface EvaluateConfig {
  /** A data set; undefined for seeded random inputs. */
  readonly data: string | undefined;
  /** Columns of a table that are labels. */
  readonly labels: readonly string[] | undefined;
  /** Names of the classes in the order of the model's outputs. */
  readonly classes: readonly string[] | undefined;
  /** For folders: the table of labels, relative to the folder. */
  readonly labelFile: string | undefined;
  /** At least one; the first is `accuracy` in limits. */
  readonly metrics: readonly MetricConfig[];
  /** Rows that are run at once; undefined for what the model asks for. */
  readonly batch: number | undefined;
  /** At most so many samples; undefined for all. */
  readonly limit: number | undefined;
  /** Which samples `limit` takes, and of random inputs; undefined for the first ones. */
  readonly seed: number | undefined;
  readonly image: ImageConfig;
  readonly audio: AudioConfig;
}

export interface MetricConfig {
  /** Unique in its list; what limits are by. */
  readonly name: string;
  /** A metric's name, with what stands in brackets, or the path of a module. */
  readonly metric: string;
  readonly options: MetricOptionsConfig;
}

/** What is said about a metric; keys that are not there are for the metric to decide. */
export interface MetricOptionsConfig {
  readonly output?: string | undefined;
  readonly label?: string | undefined;
  readonly labelType?: (typeof labelTypes)[number] | undefined;
  readonly labelOffset?: number | undefined;
  readonly ignoreLabel?: number | undefined;
  readonly scores?: 'probabilities' | 'logits' | undefined;
  readonly against?: 'labels' | 'float' | undefined;
  readonly detection?: DetectionOutputsConfig | undefined;
  readonly boxFormat?: (typeof boxFormats)[number] | undefined;
  readonly labelBoxFormat?: (typeof boxFormats)[number] | undefined;
  readonly crowd?: boolean | undefined;
}

/** Outputs of a detection model, by the signature's names. */
export interface DetectionOutputsConfig {
  readonly boxes?: string | undefined;
  readonly classes?: string | undefined;
  readonly scores?: string | undefined;
  readonly count?: string | undefined;
}

/** How pictures become tensors; undefined for the reader's own default. */
export interface ImageConfig {
  readonly fit: 'stretch' | 'crop' | 'pad' | undefined;
  readonly shorterSide: number | undefined;
  readonly padding: number | undefined;
  readonly antialias: boolean | undefined;
  readonly scale: number | undefined;
  readonly mean: number | readonly number[] | undefined;
  readonly std: number | readonly number[] | undefined;
  readonly order: 'rgb' | 'bgr' | undefined;
}

/** How recordings become tensors; undefined for the reader's own default. */
export interface AudioConfig {
  /** In hertz. */
  readonly sampleRate: number | undefined;
  readonly resample: boolean | undefined;
  readonly mono: 'mean' | 'left' | 'right' | undefined;
  readonly length: 'exact' | 'fit' | undefined;
  readonly align: 'start' | 'middle' | undefined;
  readonly scale: number | undefined;
}

/** No limit where undefined. */
export interface Limits {
  /** Fail on what is measured alone, without asking whether it is certain. */
  readonly strict: boolean;
  /** By the metric's name in `evaluate.metrics`; `accuracy` of the file is here under the first one's name. */
  readonly metrics: Readonly<Record<string, MetricLimits>>;
  /** In bytes. */
  readonly size: GrowthLimits;
  readonly ops: OpsLimits;
  readonly macs: GrowthLimits;
  /** In bytes. */
  readonly peakMemory: GrowthLimits;
  readonly latency: LatencyLimits;
}

export interface MetricLimits {
  readonly min: Limit | undefined;
  readonly max: Limit | undefined;
  /** How much worse than the float reference. */
  readonly maxDrop: Limit | undefined;
  /** How much worse than the base. */
  readonly maxRegression: Limit | undefined;
}

export interface GrowthLimits {
  readonly max: number | undefined;
  /** Against the base. */
  readonly maxIncrease: Limit | undefined;
}

export interface OpsLimits extends GrowthLimits {
  /** Names of TFLite ops, `*` for any characters; undefined for all. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

export interface LatencyLimits {
  /** Time of the head's model to that of the base's. */
  readonly maxRatio: number | undefined;
}

export interface Target {
  readonly name: (typeof targetNames)[number];
  /** For `litert`: the runtime that has to be enough, `2.16`. */
  readonly version: string | undefined;
}
