import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { Const } from '#ir/constant.js';
import { InferenceError, type Region, type Value } from '#ir/graph.js';
import { Module } from '#ir/module.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { foldConstants } from '#tensorflow/passes/fold-constants.js';
import { foldShapeArithmetic } from '#tensorflow/passes/fold-shape-arithmetic.js';
import { inferTypes } from '#tensorflow/passes/infer-types.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { checkKernels } from '#tflite/passes/check-kernels.js';
import { supplyBias } from '#tflite/passes/supply-bias.js';

/** Computes a small graph of TensorFlow ops by the kernels that fold constants; undefined where one has none. */
export function evaluateByFolding(region: Region, inputs: readonly Tensor[]): readonly Tensor[] | undefined {
  const known = new Map<Value, Tensor>();
  for (const [i, arg] of region.args.entries()) known.set(arg, inputs[i] as Tensor);
  for (const op of region.ops()) {
    if (op.is(Const)) {
      known.set(op.result(), op.attributes.value);
      continue;
    }
    const folded = op.definition.fold?.(
      op,
      op.operands.map((operand) => operand && known.get(operand)),
    );
    if (!folded) return undefined;
    for (const [i, result] of folded.entries()) {
      const tensor = result instanceof Tensor ? result : known.get(result);
      if (!tensor) return undefined;
      known.set(op.result(i), tensor);
    }
  }
  const outputs = region.outputs.map((output) => known.get(output));
  return outputs.every((tensor) => tensor !== undefined) ? outputs : undefined;
}

/**
 * Runs a small graph of TensorFlow ops in LiteRT on each of several lists of inputs, converted as a model would be; the
 * graph is consumed. Gives the reason where it cannot be converted or run.
 */
export async function evaluateInRuntime(
  region: Region,
  rounds: readonly (readonly Tensor[])[],
): Promise<readonly (readonly Tensor[])[] | string> {
  const module = new Module();
  const signature = module.addSignature('main', region);
  signature.inputNames.push(...region.args.map((_, i) => `input${i}`));
  signature.outputNames.push(...region.outputs.map((_, i) => `output${i}`));
  try {
    runPasses(
      module,
      [
        { repeat: [foldConstants, inferTypes, foldShapeArithmetic] },
        lowerToTflite,
        removeDeadOps,
        supplyBias,
        checkKernels,
      ],
      [],
      new Collector(),
    );
    const interpreter = await openInterpreter(serializeModel(exportModule(module)));
    try {
      const results: (readonly Tensor[])[] = [];
      for (const inputs of rounds) {
        const { outputs } = await interpreter.run(new Map(inputs.map((input, i) => [`input${i}`, input])));
        results.push(signature.outputNames.map((name) => outputs.get(name) as Tensor));
      }
      return results;
    } finally {
      await interpreter.dispose();
    }
  } catch (error) {
    if (error instanceof DiagnosticError) {
      const [first] = error.diagnostics;
      return `${first?.op === undefined ? '' : `${first.op}: `}${first?.detail ?? ''}`;
    }
    if (error instanceof InferenceError) return error.message;
    throw error;
  }
}
