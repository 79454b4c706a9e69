import type { DataSet } from '#data/data-set.js';
import { compareModels } from '#quantize/debug/compare-models.js';
import { byDamage } from '#quantize/debug/layer-error.js';
import { type SignatureGraph, signatureGraph } from '#quantize/debug/signature-graph.js';
import { openInterpreter, type Runtime } from '#runtime/open-interpreter.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import type { LayerDamage } from './search-smallest.js';

/** Enough to rank layers. */
const SAMPLES = 32;

/** What quantization costs each layer of a signature, the worst first; the models are those of `.tflite` files. */
export async function layerDamage(
  quantized: ModelRecord,
  float: ModelRecord,
  key: string,
  data: DataSet,
  runtime?: Runtime,
): Promise<LayerDamage[]> {
  const [graph, other] = [signatureGraph(quantized, key), signatureGraph(float, key)];
  const interpreters = await Promise.all([
    openInterpreter(quantized, { runtime }),
    openInterpreter(float, { runtime }),
  ]);
  try {
    const { layers } = await compareModels(
      { graph, interpreter: interpreters[0] },
      { graph: other, interpreter: interpreters[1] },
      data,
      { limit: SAMPLES, runtime },
    );
    return [...layers].sort(byDamage).map(({ floatTensor, damage, index }) => ({
      tensor: floatTensor,
      damage,
      weightBits: weightBits(graph, index),
    }));
  } finally {
    await Promise.all(interpreters.map((interpreter) => interpreter.dispose()));
  }
}

/** The fewest bits of the op's constant operands that are integers of 8 bits or less; undefined where there are none. */
function weightBits({ model, subgraph, ops }: SignatureGraph, index: number): 4 | 8 | undefined {
  const op = ops.find((candidate) => candidate.index === index);
  const types = (op?.inputs ?? []).flatMap((input) => {
    const tensor = input < 0 ? undefined : subgraph.tensors[input];
    return tensor !== undefined && isConstant(model, tensor.buffer) ? [tensor.type] : [];
  });
  if (types.some((type) => /^U?INT4$/.test(type))) return 4;
  return types.some((type) => /^U?INT8$/.test(type)) ? 8 : undefined;
}

function isConstant({ buffers }: ModelRecord, buffer: number): boolean {
  const content = buffers[buffer];
  return content !== undefined && content.byteLength > 0;
}
