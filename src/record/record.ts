import { z } from 'zod';
import { Check, Finding, GateChange, TargetFit } from './findings.js';
import { Figures, Layer, Metric, sha256 } from './measures.js';

export const SCHEMA_VERSION = 1;

/** Something of the float model that TFLite could not be given, so that the op stayed float, and the like. */
const Note = z.object({ op: z.string(), layer: z.string(), reason: z.string(), count: z.int() });

export const Variant = z.object({
  name: z.string(),
  scheme: z.string().describe('Quantization scheme, or name of the recipe'),
  engine: z.enum(['native', 'tensorflow']),
  verdict: z
    .enum(['passed', 'failed', 'unsupported', 'invalid', 'missing'])
    .describe('`missing`: the base has it, the head has not; `invalid`: wrong input kept it from being checked'),
  file: z.string().nullable().describe('Path of the .tflite file below the output folder, with `/`; null for none'),
  figures: Figures.nullable(),
  base: Figures.nullable().describe('Of the same variant of the base'),
  metrics: z.array(Metric),
  nan: z.object({ rows: z.int(), first: z.int().nullable() }).describe('Samples for which an output holds NaN'),
  layers: z.array(Layer).describe('Of quantized variants, the most damaged first'),
  float: z.array(Note).describe('Ops that stayed float although the scheme wants them quantized, and why'),
  targets: z.array(TargetFit),
  checks: z.array(Check),
  findings: z.array(Finding),
});

export const Model = z.object({
  name: z.string(),
  path: z.string().describe('Folder of the SavedModel, relative to the repository, with `/`'),
  status: z
    .enum(['new', 'changed', 'unchanged', 'missing', 'alone'])
    .describe('Against the base; `alone`: there is none'),
  savedModel: z.object({ bytes: z.int(), sha256 }).nullable(),
  data: z.object({ path: z.string(), sha256: sha256.nullable() }).nullable(),
  judgedBy: z.enum(['base', 'head']).describe('Whose limits and data count'),
  variants: z.array(Variant),
  findings: z.array(Finding),
});

export const Base = z.object({
  kind: z.enum(['commit', 'file', 'none']),
  name: z.string().describe('The commit, or the path of the file; empty for none'),
  reason: z.string().describe('Why there is none, or which one it is; one sentence'),
});

const PassTime = z.object({
  name: z.string(),
  runs: z.int().describe('How often it ran: until nothing changes'),
  changes: z.int().describe('How many of these runs changed the model'),
  milliseconds: z.number().describe('Of all runs'),
  ops: z.int().describe('Ops of the model after its last run'),
});

const Stage = z.object({
  name: z.string(),
  milliseconds: z.number(),
  passes: z.array(PassTime).optional().describe('Of a conversion, in the order in which they first ran'),
});

/** Times and machines: all that may differ between two runs of the same input. */
export const Timing = z.object({
  milliseconds: z.number(),
  variants: z.array(
    z.object({
      model: z.string(),
      variant: z.string(),
      cached: z.boolean(),
      milliseconds: z.number(),
      stages: z.array(Stage),
    }),
  ),
});

export const RunRecord = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool: z.object({
    name: z.literal('tflite-gate'),
    version: z.string(),
    runtime: z
      .string()
      .optional()
      .describe('The native runtime that ran the models, with its version; else it was wasm'),
  }),
  verdict: z.enum(['passed', 'failed', 'invalid']),
  headline: z.string().describe('One sentence'),
  config: z.object({
    file: z.string().nullable(),
    sha256: sha256.nullable(),
    source: z.enum(['base', 'head', 'none']).describe('Whose limits count'),
    failOn: z.array(z.string()),
  }),
  head: z.object({ commit: z.string().nullable() }),
  base: Base,
  shard: z.object({ index: z.int(), count: z.int() }).nullable(),
  units: z
    .array(z.object({ model: z.string(), variant: z.string() }))
    .describe('All that the run checks, in its order; a shard has a part of them in `models`'),
  changes: z.array(GateChange).describe("How the head's configuration and data differ from the base's"),
  models: z.array(Model),
  findings: z.array(Finding).describe('Of the run itself'),
  timing: Timing,
});

export type Variant = z.infer<typeof Variant>;
export type Model = z.infer<typeof Model>;
export type Base = z.infer<typeof Base>;
export type PassTime = z.infer<typeof PassTime>;
export type Stage = z.infer<typeof Stage>;
export type Timing = z.infer<typeof Timing>;
export type RunRecord = z.infer<typeof RunRecord>;
