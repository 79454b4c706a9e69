import type { EvaluateConfig, ModelEntry, VariantConfig } from '#config/config.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import type { TensorFlowSettings } from '../engines/tensorflow/python-settings.js';
import type { JudgingRoots } from './judging-roots.js';
import type { SignatureSelection } from './signature-selection.js';

/** What it takes to make and measure some variants of one SavedModel. Plain data: it goes to worker threads. */
export interface MeasureJob {
  /** The model's name. */
  readonly model: string;
  /** Folder of the SavedModel, absolute. */
  readonly savedModel: string;
  /** The same as messages name it. */
  readonly shownAs: string;
  /** Folder against which calibration data, recipes and the like are resolved, absolute. */
  readonly root: string;
  /** Where test data and users' metrics are. */
  readonly judging: JudgingRoots;
  readonly selection: SignatureSelection;
  readonly variants: readonly VariantConfig[];
  /** What the float model is by which they are judged; one of them, or made beside them. */
  readonly float: VariantConfig;
  readonly evaluate: EvaluateConfig;
  /** Whether modules of the repository may run. */
  readonly allowCode: boolean;
  /** How TensorFlow is run, where an engine or the comparison needs it. */
  readonly tensorflow: TensorFlowSettings;
  /** What runs models, to calibrate and to judge them. */
  readonly runtime: Runtime;
  /** Whether files are compared with what TensorFlow makes of the SavedModel. */
  readonly verify: ModelEntry['verify'];
  /** Folder for the files, absolute. Each is named `<model>-<variant>.tflite`. */
  readonly output: string;
}
