import type { DataSet } from '#data/data-set.js';
import { finite } from '#gate/checks/metric-checks.js';
import type { SampleSource } from '#quantize/calibrate.js';
import { compareModels, type OpenSignature } from '#quantize/debug/compare-models.js';
import { byDamage, type LayerError } from '#quantize/debug/layer-error.js';
import { signatureGraph } from '#quantize/debug/signature-graph.js';
import type { Layer } from '#record/measures.js';
import type { Interpreter } from '#runtime/interpreter.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import { readModelFile } from '#tflite/file/read-model.js';

/** Enough to rank layers by what they lose. */
const SAMPLES = 8;
/** What a report can show. */
const MOST = 200;

/** A `.tflite` file that is open. */
export interface OpenFile {
  readonly path: string;
  readonly interpreter: Interpreter;
}

/** What quantization does to the layers of a signature that both files have, the worst first. */
export async function layersOf(
  quantized: OpenFile,
  float: OpenFile,
  key: string,
  data: DataSet | undefined,
  runtime: Runtime,
): Promise<Layer[]> {
  const [own, other] = [quantized, float].map(({ path, interpreter }) => ({
    graph: signatureGraph(readModelFile(path), key),
    interpreter,
  })) as [OpenSignature, OpenSignature];
  const { layers } = await compareModels(own, other, data ?? randomSamples, { limit: SAMPLES, runtime });
  return [...layers].sort(byDamage).slice(0, MOST).map(layerOf);
}

const randomSamples: SampleSource = {
  async *samples(signature) {
    for (let index = 0; index < SAMPLES; index++) {
      yield { index, rows: 1, values: randomInputs(signature, { seed: index + 1 }) };
    }
  },
};

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
