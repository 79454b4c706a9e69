import type { TflOpDefinition } from '../define-op.js';
import * as activation from './activation.js';
import * as controlFlow from './control-flow.js';
import * as conversion from './conversion.js';
import * as convolution from './convolution.js';
import * as creation from './creation.js';
import * as custom from './custom.js';
import * as diagonal from './diagonal.js';
import * as elementwise from './elementwise.js';
import * as indexing from './indexing.js';
import * as joining from './joining.js';
import * as lookup from './lookup.js';
import * as matmul from './matmul.js';
import * as normalization from './normalization.js';
import * as padding from './padding.js';
import * as pooling from './pooling.js';
import * as random from './random.js';
import * as recurrent from './recurrent.js';
import * as reduction from './reduction.js';
import * as resize from './resize.js';
import * as segment from './segment.js';
import * as shape from './shape.js';
import * as signal from './signal.js';
import * as sorting from './sorting.js';
import * as space from './space.js';
import * as state from './state.js';

export * from './activation.js';
export * from './control-flow.js';
export * from './conversion.js';
export * from './convolution.js';
export * from './creation.js';
export * from './custom.js';
export * from './diagonal.js';
export * from './elementwise.js';
export * from './indexing.js';
export * from './joining.js';
export * from './lookup.js';
export * from './matmul.js';
export * from './normalization.js';
export * from './padding.js';
export * from './pooling.js';
export * from './random.js';
export * from './recurrent.js';
export * from './reduction.js';
export * from './resize.js';
export * from './segment.js';
export * from './shape.js';
export * from './signal.js';
export * from './sorting.js';
export * from './space.js';
export * from './state.js';

const families: readonly Readonly<Record<string, TflOpDefinition>>[] = [
  convolution,
  pooling,
  matmul,
  activation,
  elementwise,
  normalization,
  reduction,
  shape,
  creation,
  joining,
  indexing,
  diagonal,
  padding,
  resize,
  space,
  conversion,
  sorting,
  segment,
  signal,
  lookup,
  random,
  recurrent,
  controlFlow,
  state,
  custom,
] as unknown as readonly Readonly<Record<string, TflOpDefinition>>[];

/** All builtins that this tool knows, by family. Every export of a family's file is a definition. */
export const tflOps: readonly TflOpDefinition[] = families.flatMap((family) => Object.values(family));

/** By the name in the text form, without its dialect: `conv_2d`. */
export const tflOpByName: ReadonlyMap<string, TflOpDefinition> = new Map(
  tflOps.map((definition) => [definition.name.slice('tfl.'.length), definition]),
);
