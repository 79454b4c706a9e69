import { z } from 'zod';

/** Numbers that JSON cannot hold (NaN, infinity) are null. */
export const measured = z.number().nullable();

const count = z.int().nonnegative();

export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, in hexadecimal');

export const Interval = z
  .object({
    low: measured,
    high: measured,
    level: z.number(),
    method: z.enum(['wilson', 'score', 'bootstrap']),
    resamples: count.optional(),
  })
  .describe('Where the true value lies with the probability `level`, as far as the samples can tell');

/** What can be said of a file without running it. */
export const Figures = z.object({
  bytes: count.describe('Size of the .tflite file'),
  sha256,
  ops: count.describe('Ops of all subgraphs'),
  opCounts: z.record(z.string(), count).describe('By the name of the TFLite op, in descending order of their number'),
  macs: count.describe('Multiply-accumulates of one run of the main subgraph, free dimensions taken as 1'),
  weightBytes: count.describe('Bytes of the constants'),
  peakActivationBytes: count.describe('Planned memory for activations, as the runtime lays them out'),
  minimumRuntime: z.string().nullable().describe('The first TensorFlow Lite or LiteRT release that runs all its ops'),
});

export const MetricValue = z.object({
  value: measured,
  interval: Interval.nullable(),
});

/** How much worse than another model on the same samples. */
export const Comparison = z.object({
  value: measured.describe("The other model's value"),
  drop: measured.describe('How much worse this model is: positive is worse, in the unit of the metric'),
  interval: Interval.nullable(),
  p: measured.describe('One-sided, of "there is no drop"'),
  test: z.enum(['mcnemar', 'swap']),
});

export const Metric = MetricValue.extend({
  name: z.string(),
  direction: z.enum(['higher', 'lower']).describe('Which values are better'),
  unit: z.enum(['dB']).nullable(),
  samples: count,
  evidence: z.enum(['data', 'weak']).describe('`weak`: on seeded random inputs'),
  reference: Comparison.nullable().describe('Against the float model of the same SavedModel'),
  base: Comparison.nullable().describe('Against the same variant of the base'),
});

export const Layer = z
  .object({
    op: z.string(),
    tensor: z.string().describe('Name of the output'),
    layer: z.string().describe('Path of the layer in the model; empty where it is not known'),
    sqnr: measured.describe('Signal to quantization noise in dB, against the float model'),
    meanError: measured,
    maxError: measured,
    saturated: measured.describe('Share of values at the ends of the range'),
  })
  .describe('What quantization does to the output of one layer');

export type Interval = z.infer<typeof Interval>;
export type Figures = z.infer<typeof Figures>;
export type Comparison = z.infer<typeof Comparison>;
export type Metric = z.infer<typeof Metric>;
export type Layer = z.infer<typeof Layer>;
