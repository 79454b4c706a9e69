import { isTfOp, type TfOpDefinition } from '../define-op.js';
import * as activation from './activation.js';
import * as audio from './audio.js';
import * as bitwise from './bitwise.js';
import * as broadcast from './broadcast.js';
import * as castOps from './cast.js';
import * as colours from './colours.js';
import * as comparison from './comparison.js';
import * as complex from './complex.js';
import * as control from './control.js';
import * as controlFlow from './control-flow.js';
import * as convolution from './convolution.js';
import * as convolutionTranspose from './convolution-transpose.js';
import * as convolutionVolume from './convolution-volume.js';
import * as counting from './counting.js';
import * as dequantize from './dequantize.js';
import * as detection from './detection.js';
import * as detectionByClass from './detection-by-class.js';
import * as detectionComposite from './detection-composite.js';
import * as division from './division.js';
import * as dynamicSlice from './dynamic-slice.js';
import * as einsum from './einsum.js';
import * as elementwise from './elementwise.js';
import * as fakeQuantize from './fake-quantize.js';
import * as fourier from './fourier.js';
import * as gradients from './gradients.js';
import * as identity from './identity.js';
import * as indexing from './indexing.js';
import * as join from './join.js';
import * as linalg from './linalg.js';
import * as linalgBand from './linalg-band.js';
import * as loss from './loss.js';
import * as matmul from './matmul.js';
import * as normalization from './normalization.js';
import * as pad from './pad.js';
import * as pooling from './pooling.js';
import * as quantizeAndDequantize from './quantize-and-dequantize.js';
import * as random from './random.js';
import * as reduction from './reduction.js';
import * as resample from './resample.js';
import * as resize from './resize.js';
import * as reverse from './reverse.js';
import * as scatter from './scatter.js';
import * as segment from './segment.js';
import * as sequence from './sequence.js';
import * as shape from './shape.js';
import * as slice from './slice.js';
import * as sorting from './sorting.js';
import * as space from './space.js';
import * as specialFunctions from './special-functions.js';
import * as tables from './tables.js';
import * as tensorList from './tensor-list.js';
import * as trigonometry from './trigonometry.js';
import * as variables from './variables.js';
import * as windows from './windows.js';
import * as xla from './xla.js';
import * as xlaConvolution from './xla-convolution.js';

export * from './activation.js';
export * from './audio.js';
export * from './bitwise.js';
export * from './broadcast.js';
export * from './cast.js';
export * from './colours.js';
export * from './comparison.js';
export * from './complex.js';
export * from './control.js';
export * from './control-flow.js';
export * from './convolution.js';
export * from './convolution-transpose.js';
export * from './convolution-volume.js';
export * from './counting.js';
export * from './dequantize.js';
export * from './detection.js';
export * from './detection-by-class.js';
export * from './detection-composite.js';
export * from './division.js';
export * from './dynamic-slice.js';
export * from './einsum.js';
export * from './elementwise.js';
export * from './fake-quantize.js';
export * from './fourier.js';
export * from './gradients.js';
export * from './identity.js';
export * from './indexing.js';
export * from './join.js';
export * from './linalg.js';
export * from './linalg-band.js';
export * from './loss.js';
export * from './matmul.js';
export * from './normalization.js';
export * from './pad.js';
export * from './pooling.js';
export * from './quantize-and-dequantize.js';
export * from './random.js';
export * from './reduction.js';
export * from './resample.js';
export * from './resize.js';
export * from './reverse.js';
export * from './scatter.js';
export * from './segment.js';
export * from './sequence.js';
export * from './shape.js';
export * from './slice.js';
export * from './sorting.js';
export * from './space.js';
export * from './special-functions.js';
export * from './tables.js';
export * from './tensor-list.js';
export * from './trigonometry.js';
export * from './variables.js';
export * from './windows.js';
export * from './xla.js';
export * from './xla-convolution.js';

/** A family's file: its definitions, and perhaps helpers. */
type Family = Readonly<Record<string, unknown>>;

const families: readonly Family[] = [
  activation,
  bitwise,
  broadcast,
  castOps,
  comparison,
  complex,
  control,
  controlFlow,
  convolution,
  convolutionTranspose,
  convolutionVolume,
  dynamicSlice,
  einsum,
  elementwise,
  division,
  fakeQuantize,
  identity,
  indexing,
  join,
  linalgBand,
  linalg,
  matmul,
  normalization,
  pad,
  pooling,
  quantizeAndDequantize,
  random,
  reduction,
  resize,
  reverse,
  scatter,
  segment,
  sequence,
  shape,
  slice,
  sorting,
  space,
  tensorList,
  trigonometry,
  detection,
  gradients,
  loss,
  specialFunctions,
  xla,
  counting,
  tables,
  fourier,
  audio,
  windows,
  colours,
  resample,
  detectionComposite,
  xlaConvolution,
  dequantize,
  detectionByClass,
  variables,
];

function isDefinition(value: unknown): value is TfOpDefinition {
  return typeof value === 'object' && value !== null && isTfOp(value as TfOpDefinition);
}

/** All TensorFlow ops that are known here, by family. */
export const tfOps: readonly TfOpDefinition[] = families.flatMap((family) =>
  Object.values(family).filter((value) => isDefinition(value)),
);

/** By TensorFlow's own name: `Conv2D`. */
export const tfOpByName: ReadonlyMap<string, TfOpDefinition> = new Map(
  tfOps.map((definition) => [definition.tfName, definition]),
);
