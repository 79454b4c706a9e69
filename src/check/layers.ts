import { readFileSync } from 'node:fs';
import type { DataSet } from '#data/data-set.js';
import { finite } from '#gate/checks/metric-checks.js';
import type { SampleSource } from '#quantize/calibrate.js';
import { compareModels } from '#quantize/debug/compare-models.js';
import { byDamage, type LayerError } from '#quantize/debug/layer-error.js';
import { SignatureGraph } from '#quantize/debug/signature-graph.js';
import type { Layer } from '#record/measures.js';
import { readSignatures } from '#runtime/describe-signatures.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import { parseModel } from '#tflite/file/read-model.js';

/** Enough to rank layers by what they lose. */
const SAMPLES = 8;
/** What a report can show. */
const MOST = 200;

/** What quantization does to the layers of a signature, the worst first. `paths` are those of `.tflite` files. */
export async function layersOf(
  quantized: string,
  float: string,
  key: string,
  data: DataSet | undefined,
): Promise<Layer[]> {
  const [own, other] = [graphOf(quantized, key), graphOf(float, key)];
  const interpreters = await Promise.all([quantized, float].map((path) => openInterpreter(readFileSync(path))));
  const [interpreter, reference] = interpreters;
  try {
    const { layers } = await compareModels(
      { graph: own, interpreter: interpreter as NonNullable<typeof interpreter> },
      { graph: other, interpreter: reference as NonNullable<typeof reference> },
      data ?? randomSamples,
      { limit: SAMPLES },
    );
    return [...layers].sort(byDamage).slice(0, MOST).map(layerOf);
  } finally {
    await Promise.all(interpreters.map((each) => each.dispose()));
  }
}

const randomSamples: SampleSource = {
  async *samples(signature) {
    for (let index = 0; index < SAMPLES; index++) {
      yield { index, rows: 1, values: randomInputs(signature, { seed: index + 1 }) };
    }
  },
};

function graphOf(path: string, key: string): SignatureGraph {
  const model = parseModel(readFileSync(path));
  const signature = readSignatures(model).find((candidate) => candidate.key === key);
  if (!signature) throw new Error(`the model lost its signature '${key}'`);
  return new SignatureGraph(model, signature);
}

function layerOf({ op, tensor, floatTensor, total }: LayerError): Layer {
  return {
    op,
    tensor,
    layer: floatTensor.split('/').slice(0, -1).join('/'),
    sqnr: finite(total.sqnr),
    meanError: finite(total.meanError),
    maxError: finite(total.maxError),
    saturated: finite(total.saturated),
  };
}
