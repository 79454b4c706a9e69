import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { TensorInfo } from '#runtime/interpreter.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { exportModule } from '#tflite/export/export-module.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import { serializeModel } from '#tflite/file/write-model.js';
import type { SampleSource } from '../calibrate.js';
import { type RuleMatcher, subjectOf } from '../match-rules.js';
import { isStatic } from '../recipe.js';
import { type LinearLayer, linearLayerOf, patchSize } from './linear-layer.js';
import { Patches } from './patches.js';

/** What linear layers are given on the calibration data, by `signature/tensor` of the layer's result. */
export type LayerInputs = ReadonlyMap<string, Patches>;

export interface CollectOptions {
  /** Which ops to look at; by default all linear layers. */
  readonly accepts?: (op: Op) => boolean;
  /** The model's file, for messages. */
  readonly file?: string | undefined;
}

/** Samples on which all layers are looked at; the others serve layers that see few windows a sample. */
const FULL_SAMPLES = 16;
const MOST_SAMPLES = 512;

/** Numbers to keep of a layer's inputs, and bounds of the windows that they are. */
const ENOUGH_NUMBERS = 2 ** 20;
const LEAST_ROWS = 256;
const MOST_ROWS = 4096;

/** Windows to keep of a layer. */
function rowsFor(layer: LinearLayer): number {
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.ceil(ENOUGH_NUMBERS / patchSize(layer))));
}

interface Watched {
  readonly patches: Patches;
  /** Name of the tensor that is its input; for one that the model is given, the signature's name for it. */
  readonly source: string;
  readonly given: boolean;
}

/**
 * Runs a float module on calibration data and keeps windows of what its linear layers are given: the same data give the
 * same windows. Layers in bodies of control flow are left out. Throws as the data and the runtime do.
 */
export async function collectLayerInputs(
  module: Module,
  source: SampleSource,
  { accepts = () => true, file }: CollectOptions = {},
): Promise<LayerInputs> {
  const names = nameModuleValues(module);
  const watched = new Map<string, Watched[]>();
  const collected = new Map<string, Patches>();
  for (const { key, region, inputNames } of module.signatures) {
    const layers: Watched[] = [];
    watched.set(key, layers);
    for (const op of region.ops()) {
      const layer = accepts(op) ? linearLayerOf(op) : undefined;
      const value = layer && op.operand(layer.input);
      const given = value?.owner === region;
      const input = given ? inputNames[value.index] : names.get(value as Value)?.slice(key.length + 1);
      const result = names.get(op.result());
      if (!layer || input === undefined || result === undefined) continue;
      const patches = new Patches(layer, rowsFor(layer));
      layers.push({ patches, source: input, given });
      collected.set(result, patches);
    }
  }
  if (collected.size === 0) return collected;
  const interpreter = await openInterpreter(serializeModel(exportModule(module)), file === undefined ? {} : { file });
  try {
    for (const signature of interpreter.signatures) {
      const layers = watched.get(signature.key) ?? [];
      const byName = new Map<string, TensorInfo>(
        interpreter.intermediates(signature.key).map((info) => [info.name, info]),
      );
      let seen = 0;
      for await (const { values } of source.samples(signature)) {
        const least = seen < FULL_SAMPLES ? MOST_ROWS : LEAST_ROWS;
        const hungry = layers.filter(({ patches }) => !patches.isFull && patches.rows < least);
        if (hungry.length === 0) break;
        const tensors = hungry.flatMap(({ source: name, given }) => (given ? [] : (byName.get(name)?.tensor ?? [])));
        const result = await interpreter.run(values, { signature: signature.key, tensors: [...new Set(tensors)] });
        for (const { patches, source: name, given } of hungry) {
          const index = byName.get(name)?.tensor;
          const tensor = given ? values.get(name) : index === undefined ? undefined : result.tensors.get(index);
          const share = Math.ceil(rowsFor(patches.layer) / FULL_SAMPLES);
          if (tensor?.dtype === 'float32') patches.take(tensor.data as Float32Array, tensor.shape, share);
        }
        if (++seen === MOST_SAMPLES) break;
      }
    }
  } finally {
    await interpreter.dispose();
  }
  return collected;
}

/**
 * The inputs of the layers that become integers by the rules of `matcher`; undefined where its recipe has no use for
 * them. Otherwise as `collectLayerInputs`.
 */
export async function inputsToRefineWith(
  module: Module,
  source: SampleSource,
  matcher: RuleMatcher,
  file?: string,
): Promise<LayerInputs | undefined> {
  const { adaptiveRounding = true, biasCorrection = true } = matcher.recipe.options;
  if (!adaptiveRounding && !biasCorrection) return undefined;
  const names = nameModuleValues(module);
  const accepts = (op: Op): boolean => isStatic(matcher.treatmentOf(subjectOf(op, names)).scheme);
  return collectLayerInputs(module, source, { accepts, file });
}
