import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import { type RuleMatcher, subjectOf } from '../match-rules.js';
import { isStatic } from '../recipe.js';
import { type LinearLayer, linearLayerOf, patchSize } from './linear-layer.js';
import { Patches } from './patches.js';

/** What linear layers are given on the calibration data, by `signature/tensor` of the layer's result. */
export type LayerInputs = ReadonlyMap<string, Patches>;

/** Layers whose inputs are to be kept while the model runs. */
export interface WatchedLayers {
  readonly inputs: LayerInputs;
  /** The same, by `signature/tensor` of the layer's input. */
  readonly bySource: ReadonlyMap<string, readonly Patches[]>;
}

/** Samples that fill the room for a layer's windows; of more, some of each are kept. */
const FULL_SAMPLES = 32;

/** Numbers to keep of a layer's inputs, and bounds of the windows that they are. */
const ENOUGH_NUMBERS = 2 ** 17;
const LEAST_ROWS = 128;
const MOST_ROWS = 512;

/** Windows to keep of a layer. */
function rowsFor(layer: LinearLayer): number {
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.ceil(ENOUGH_NUMBERS / patchSize(layer))));
}

/** The linear layers of a float module that `accepts` names, also those in bodies of loops and branches. */
export function watchLayers(module: Module, accepts: (op: Op) => boolean = () => true): WatchedLayers {
  const names = nameModuleValues(module);
  const inputs = new Map<string, Patches>();
  const bySource = new Map<string, Patches[]>();
  for (const op of module.ops()) {
    const layer = accepts(op) ? linearLayerOf(op) : undefined;
    const source = layer && names.get(op.operand(layer.input) as Value);
    const result = layer && names.get(op.result());
    if (!layer || source === undefined || result === undefined) continue;
    const patches = new Patches(layer, rowsFor(layer), FULL_SAMPLES);
    inputs.set(result, patches);
    bySource.set(source, [...(bySource.get(source) ?? []), patches]);
  }
  return { inputs, bySource };
}

/** The layers that become integers by the rules of `matcher`; undefined where its recipe has no use for their inputs. */
export function layersToRefine(module: Module, matcher: RuleMatcher): WatchedLayers | undefined {
  const { adaptiveRounding = true, biasCorrection = true } = matcher.recipe.options;
  if (!adaptiveRounding && !biasCorrection) return undefined;
  const names = nameModuleValues(module);
  return watchLayers(module, (op) => isStatic(matcher.treatmentOf(subjectOf(op, names)).scheme));
}
