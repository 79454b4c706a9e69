import type { ModelEntry, VariantConfig } from '#config/config.js';
import type { GatedModel } from '#config/protect/gate-of.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import type { TensorFlowSettings } from '../engines/tensorflow/python-settings.js';
import type { BaseFolder } from './base-folder.js';
import type { ResultCache } from './result-cache.js';
import type { Digests } from './result-keys.js';

export interface ModelTask {
  readonly model: GatedModel;
  /** What the float model is by which the variants are judged, whether it is one of them or not. */
  readonly float: VariantConfig;
  /** Of the repository, absolute. */
  readonly root: string;
  /** A folder of the run's own. */
  readonly work: string;
  /** Files of the work tree, and folders, whose content is not the base's. */
  readonly changed: ReadonlySet<string>;
  /** The model as the base has and defines it; undefined where it has not. */
  readonly baseModel: ModelEntry | undefined;
  readonly base: BaseFolder | undefined;
  readonly hasBase: boolean;
  readonly allowCode: boolean;
  readonly tensorflow: TensorFlowSettings;
  readonly runtime: Runtime;
  readonly digests: Digests;
  readonly cache: ResultCache;
}
