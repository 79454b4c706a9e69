import { z } from 'zod';

export const Location = z
  .object({
    file: z.string().optional(),
    line: z.int().optional(),
    node: z.string().optional(),
    layer: z.string().optional(),
    function: z.string().optional(),
    signature: z.string().optional(),
  })
  .loose();

/** As src/diagnostics makes them. */
export const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'notice']),
  title: z.string(),
  detail: z.string(),
  locations: z.array(Location),
  help: z.array(z.string()),
  op: z.string().optional(),
  pass: z.string().optional(),
});

/** What a check is about; what `fail-on` names. */
export const checkKinds = [
  'unsupported',
  'missing',
  'accuracy',
  'size',
  'ops',
  'macs',
  'peak-memory',
  'latency',
  'target',
] as const;

/** One limit with what was measured against it. */
export const Check = z.object({
  id: z.string().describe('Unique in a variant: `size.max`, `metrics.top-1.max-drop`, `targets.micro`'),
  kind: z.enum(checkKinds),
  limit: z.number().nullable().describe('In the unit of what is measured, relative limits resolved'),
  limitText: z.string().describe('As the configuration states it'),
  measured: z.number().nullable(),
  unit: z.enum(['bytes', 'count', 'ratio', 'metric', 'dB']),
  verdict: z
    .enum(['pass', 'within-noise', 'fail', 'skipped'])
    .describe('`within-noise`: exceeds the limit, but equally good models may measure so; `skipped`: cannot be judged'),
  certainty: z.enum(['certain', 'within noise']).nullable(),
  p: z.number().nullable(),
  adjustedP: z.number().nullable().describe('Holm-adjusted to all drops that the run checks'),
  pLimit: z.number().nullable().describe('One-sided, of "the drop is within the limit"'),
  strict: z.boolean(),
  samplesToSettle: z.int().nullable().describe('So many samples would show a true drop of twice the limit'),
  spread: z
    .union([
      z.object({ kind: z.literal('answers'), samples: z.int(), lost: z.int(), gained: z.int() }),
      z.object({ kind: z.literal('numbers'), samples: z.int(), deviation: z.number().nullable() }),
    ])
    .nullable()
    .describe('How much one sample says; what the number of samples to settle it follows from'),
  reason: z.string().describe('One sentence'),
});

export const TargetFit = z.object({
  target: z.string(),
  fits: z.boolean(),
  problems: z.array(
    z.object({
      op: z.string(),
      reason: z.string(),
      count: z.int(),
      places: z.array(z.string()).describe('Names of the first outputs or layers concerned'),
    }),
  ),
  source: z.string().describe('Which table of ops it was held against, and of which date'),
});

/** One way in which the configuration or the data of the head differ from the base's. */
export const GateChange = z.object({
  kind: z.enum(['limit', 'data', 'check', 'permission', 'policy', 'definition']),
  path: z.string(),
  model: z.string().nullable(),
  variant: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  loosened: z.boolean(),
  counted: z.boolean().describe("Whether it holds for this run; else the base's still does"),
});

export type Finding = z.infer<typeof Finding>;
export type Check = z.infer<typeof Check>;
export type CheckKind = (typeof checkKinds)[number];
export type TargetFit = z.infer<typeof TargetFit>;
export type GateChange = z.infer<typeof GateChange>;
