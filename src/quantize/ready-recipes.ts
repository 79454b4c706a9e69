import type { Recipe } from './recipe.js';

/** Recipes that come with the tool, for `--recipe NAME`; each can be written to a file and changed there. */
export const readyRecipes: readonly Recipe[] = [
  {
    name: 'microcontroller',
    summary:
      'Integers only, one scale for the weights of each matrix product: what TensorFlow Lite Micro and its vendors’ kernels take. An op that cannot be int8 is an error.',
    default: 'int8-only',
    granularity: 'per-tensor-dense',
    rules: [],
    options: {},
  },
  {
    name: 'accelerator',
    summary:
      'Integers only with a scale for each channel, for NPUs and DSPs that have no float units. An op that cannot be int8 is an error.',
    default: 'int8-only',
    rules: [],
    options: {},
  },
  {
    name: 'old-accelerator',
    summary: 'int8 with one scale for each tensor, for NNAPI drivers and accelerators that know no channels.',
    default: 'int8',
    granularity: 'per-tensor',
    weights: { algorithm: 'mse' },
    rules: [],
    options: {},
  },
  {
    name: 'transformer',
    summary:
      'Matrix products in integers beside float32 data, whose outliers then do no harm; all that has no weights, like attention, stays float32.',
    default: 'dynamic',
    rules: [{ match: { op: 'CONV_*' }, scheme: 'weight-only' }],
    options: {},
  },
  {
    name: 'compact',
    summary:
      'The smallest files: 4-bit weights in matrix products and convolutions, 8-bit ones in depthwise and transposed convolutions, which have few weights and suffer most.',
    default: 'int4',
    rules: [
      { match: { op: 'DEPTHWISE_CONV_2D' }, scheme: 'dynamic' },
      { match: { op: 'TRANSPOSE_CONV' }, scheme: 'dynamic' },
    ],
    options: {},
  },
  {
    name: 'outliers',
    summary:
      'int8 for models whose activations have rare large values: ranges hold 99.99 % of them, weights have the scales of the least squared error.',
    default: 'int8',
    weights: { algorithm: 'mse' },
    activations: { algorithm: 'percentile', percentile: 99.99 },
    rules: [],
    options: {},
  },
  {
    name: 'exact-outputs',
    summary:
      'int8 inside, with 16-bit data in dense layers and the functions that end a model, so that scores and regressed numbers keep their resolution.',
    default: 'int8',
    rules: [
      { match: { op: 'FULLY_CONNECTED' }, scheme: 'int16x8' },
      { match: { op: 'SOFTMAX' }, scheme: 'int16x8' },
      { match: { op: 'LOGISTIC' }, scheme: 'int16x8' },
      { match: { op: 'TANH' }, scheme: 'int16x8' },
    ],
    options: {},
  },
];

/** The ready recipe of this name; undefined where there is none. */
export function readyRecipe(name: string): Recipe | undefined {
  return readyRecipes.find((recipe) => recipe.name === name);
}
