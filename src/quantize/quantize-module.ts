import { Collector, fail } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { mergeDuplicateOps } from '#passes/merge-duplicate-ops.js';
import type { Pass } from '#passes/pass.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { type PassObserver, type Repeat, runPasses } from '#passes/run-passes.js';
import * as tfl from '#tflite/ops/index.js';
import { type JobOptions, QuantizationJob } from './job.js';
import { borrowKernels } from './passes/borrow-kernels.js';
import { halveConstants } from './passes/halve-constants.js';
import { quantizeActivations } from './passes/quantize-activations.js';
import { quantizeWeightsOnly } from './passes/quantize-weights-only.js';
import { splitRanges } from './passes/split-ranges.js';
import type { Recipe } from './recipe.js';
import { refineLayers } from './refine/refine-layers.js';
import { type QuantizationReport, reportOf } from './report.js';

/**
 * `ranges` say where the values of tensors lie, by `signature/tensor`, `stated` what the model itself says; static
 * schemes need either. `ioType` is the element type of the inputs and outputs that are float32 in the float model.
 */
export interface QuantizeOptions extends JobOptions {
  readonly recipe: Recipe;
  readonly observers?: readonly PassObserver[];
  readonly collector?: Collector;
}

export interface QuantizeResult {
  /** The module that was given, changed. */
  readonly module: Module;
  readonly report: QuantizationReport;
}

/** The passes that quantize a module of float `tfl` ops as a job says, in order. */
export function quantizationPasses(job: QuantizationJob): readonly (Pass | Repeat)[] {
  return [
    halveConstants(job),
    borrowKernels(job),
    quantizeActivations(job),
    refineLayers(job),
    splitRanges,
    quantizeWeightsOnly(job),
    removeDeadOps,
    mergeDuplicateOps,
  ];
}

/**
 * Quantizes a module of float `tfl` ops in place. Throws a DiagnosticError: `unsupported-op` for ops that `int8-only`
 * cannot take, `invalid-option` where ranges are needed and none are given.
 */
export function quantizeModule(module: Module, options: QuantizeOptions): QuantizeResult {
  const job = new QuantizationJob(module, options.recipe, options);
  if (job.needsRanges && !options.ranges && !options.stated?.size) {
    fail('invalid-option', {
      detail: `The recipe ${options.recipe.name} makes data integers, for which the ranges of their values must be known.`,
      help: [
        'Give representative data (`--representative-data PATH`), or ranges from an earlier calibration.',
        'Or quantize with `dynamic`, `weight-only` or `float16`, which need none.',
      ],
    });
  }
  const collector = options.collector ?? new Collector();
  runPasses(module, quantizationPasses(job), options.observers ?? [], collector);
  let conversions = 0;
  for (const op of module.ops()) if (op.isOneOf(tfl.Quantize, tfl.Dequantize)) conversions++;
  return { module, report: reportOf(job.report, conversions) };
}
