import { hoistLoopInvariants } from '#passes/hoist-loop-invariants.js';
import { inlineKnownBranches } from '#passes/inline-known-branches.js';
import { noTfOps } from '#passes/invariants.js';
import { mergeDuplicateOps } from '#passes/merge-duplicate-ops.js';
import { mergeEqualCarriedValues } from '#passes/merge-equal-carried-values.js';
import { moveWorkBehindLoops } from '#passes/move-work-behind-loops.js';
import type { Pass } from '#passes/pass.js';
import { placeConstantsInBodies } from '#passes/place-constants-in-bodies.js';
import { removeDeadCarriedValues } from '#passes/remove-dead-carried-values.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import type { Repeat } from '#passes/run-passes.js';
import { unrollShortLoops } from '#passes/unroll-short-loops.js';
import type { SavedModel } from '#saved-model/records.js';
import type { ForeignKernels } from '#tensorflow/flex/foreign-ops.js';
import { computeStepsAtOnce } from '#tensorflow/passes/compute-steps-at-once.js';
import { foldConstants } from '#tensorflow/passes/fold-constants.js';
import { foldShapeArithmetic } from '#tensorflow/passes/fold-shape-arithmetic.js';
import { freezeVariables } from '#tensorflow/passes/freeze-variables.js';
import { inferTypes } from '#tensorflow/passes/infer-types.js';
import { initialiseVariables } from '#tensorflow/passes/initialise-variables.js';
import { lowerTables } from '#tensorflow/passes/lower-tables.js';
import { lowerTensorLists } from '#tensorflow/passes/lower-tensor-lists.js';
import { lowerToTflite, lowerToTfliteWith } from '#tensorflow/passes/lower-to-tflite.js';
import { multiplyWithoutReshapes } from '#tensorflow/passes/multiply-without-reshapes.js';
import { recogniseDilatedConvolution } from '#tensorflow/passes/recognise-dilated-convolution.js';
import { recogniseGelu } from '#tensorflow/passes/recognise-gelu.js';
import { removeDeadAssignments } from '#tensorflow/passes/remove-dead-assignments.js';
import { widenHalfFloats } from '#tensorflow/passes/widen-half-floats.js';
import type { Replacements } from '#tensorflow/replacements/rule.js';
import { cancelReversals } from '#tflite/passes/cancel-reversals.js';
import { checkKernels } from '#tflite/passes/check-kernels.js';
import { foldScaleIntoWeights } from '#tflite/passes/fold-scale-into-weights.js';
import { fuseActivation } from '#tflite/passes/fuse-activation.js';
import { fuseBias } from '#tflite/passes/fuse-bias.js';
import { fusePadding } from '#tflite/passes/fuse-padding.js';
import { hoistConstants } from '#tflite/passes/hoist-constants.js';
import { keepReducedDims } from '#tflite/passes/keep-reduced-dims.js';
import { mergeDirections } from '#tflite/passes/merge-directions.js';
import { mergeReshapes } from '#tflite/passes/merge-reshapes.js';
import { recogniseClamp } from '#tflite/passes/recognise-clamp.js';
import { recogniseHardSwish } from '#tflite/passes/recognise-hard-swish.js';
import { recogniseL2Normalization } from '#tflite/passes/recognise-l2-normalization.js';
import { recognisePrelu } from '#tflite/passes/recognise-prelu.js';
import { recogniseRecurrent } from '#tflite/passes/recognise-recurrent.js';
import { reshapeInMatmul } from '#tflite/passes/reshape-in-matmul.js';
import { simplifyArithmetic } from '#tflite/passes/simplify-arithmetic.js';
import { sinkTransposes } from '#tflite/passes/sink-transposes.js';
import { supplyBias } from '#tflite/passes/supply-bias.js';
import { transposeInMatmul } from '#tflite/passes/transpose-in-matmul.js';

export interface PipelineOptions {
  /** Kernels besides LiteRT's own that ops may be left to. */
  readonly foreign?: ForeignKernels | undefined;
  readonly replacements?: Replacements | undefined;
  /** Whether loops that are recurrent layers become ops that keep their state between runs. */
  readonly fuseRnn?: boolean | undefined;
}

/** The passes from an imported SavedModel to TFLite ops that only need exporting, in order. */
export function conversionPasses(model: SavedModel, options: PipelineOptions = {}): readonly (Pass | Repeat)[] {
  const { foreign, replacements, fuseRnn } = options;
  return [
    // TensorFlow ops: everything that does not depend on the inputs is computed here.
    removeDeadOps,
    placeConstantsInBodies,
    removeDeadAssignments,
    freezeVariables(model),
    widenHalfFloats,
    initialiseVariables(model),
    { repeat: [{ repeat: [foldConstants, inferTypes, foldShapeArithmetic] }, ...loopPasses] },
    ...(replacements ? [replacements.pass, { repeat: [foldConstants, inferTypes, foldShapeArithmetic] }] : []),
    multiplyWithoutReshapes,
    removeDeadOps,
    mergeDuplicateOps,
    recogniseGelu,
    recogniseDilatedConvolution,
    lowerTables(model),
    removeDeadOps,
    { ...(foreign ? lowerToTfliteWith(foreign) : lowerToTflite), ensures: [noTfOps] },
    removeDeadOps,
    ...optimisationPasses,
    ...(fuseRnn ? recurrentPasses : []),
    checkKernels,
  ];
}

/** What loops and branches make possible; nothing where there are none. */
const loopPasses: readonly Pass[] = [
  placeConstantsInBodies,
  inlineKnownBranches,
  unrollShortLoops,
  mergeEqualCarriedValues,
  removeDeadCarriedValues,
  lowerTensorLists,
  hoistLoopInvariants,
  computeStepsAtOnce,
  moveWorkBehindLoops,
];

/** Loops that are recurrent layers become ops, and so two of them that go through a sequence from either end. */
const recurrentPasses: readonly (Pass | Repeat)[] = [
  recogniseRecurrent,
  { repeat: [sinkTransposes, mergeReshapes, reshapeInMatmul] },
  mergeDuplicateOps,
  { repeat: [mergeDirections, cancelReversals] },
  removeDeadOps,
];

/** The passes that make TFLite ops fewer and faster; also for a `.tflite` file that somebody else made. */
export const optimisationPasses: readonly (Pass | Repeat)[] = [
  // Functions that TFLite has an op for are found before other rewrites change how they are written.
  recogniseClamp,
  recogniseHardSwish,
  recognisePrelu,
  recogniseL2Normalization,
  {
    repeat: [
      sinkTransposes,
      mergeReshapes,
      transposeInMatmul,
      keepReducedDims,
      simplifyArithmetic,
      hoistConstants,
      fusePadding,
      foldScaleIntoWeights,
      fuseBias,
      fuseActivation,
    ],
  },
  supplyBias,
  removeDeadOps,
  mergeDuplicateOps,
];
