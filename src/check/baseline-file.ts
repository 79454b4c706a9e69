import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fail } from '#diagnostics/diagnostic.js';
import { Figures } from '#record/measures.js';
import type { RunRecord } from '#record/record.js';
import { runtimeName } from '#runtime/open-interpreter.js';
import { KeptMetric, metricOf, textOf } from './kept-metrics.js';
import type { Measurement } from './measurement.js';

const VERSION = 2;

/** What a later run is compared with, where no commit is at hand: figures, and what each sample gave. */
const BaselineFile = z.object({
  baseline: z.literal(VERSION),
  tool: z.string(),
  judgedBy: z.string(),
  models: z.record(
    z.string(),
    z.object({
      judging: z.string(),
      variants: z.record(z.string(), z.object({ figures: Figures.optional(), metrics: z.array(KeptMetric) })),
    }),
  ),
});

/** What a baseline has of one SavedModel. */
export interface MeasuredModel {
  /** A digest of the data and the settings that say on what it was judged, and how. */
  readonly judging: string;
  /** By the variant's name. */
  readonly variants: ReadonlyMap<string, Measurement>;
}

export interface Baseline {
  /** The runtime that ran the models, as `runtimeName` has it. */
  readonly judgedBy: string;
  /** By the model's name. */
  readonly models: ReadonlyMap<string, MeasuredModel>;
}

export function baselineText({
  record: { tool },
  measurements,
}: {
  readonly record: Pick<RunRecord, 'tool'>;
  readonly measurements: Baseline['models'];
}): string {
  const kept = [...measurements].map(([model, { judging, variants }]) => [
    model,
    {
      judging,
      variants: Object.fromEntries(
        [...variants].map(([name, { figures, metrics }]) => [name, { figures, metrics: metrics.map(textOf) }]),
      ),
    },
  ]);
  const file = {
    baseline: VERSION,
    tool: tool.version,
    judgedBy: tool.runtime ?? runtimeName('wasm'),
    models: Object.fromEntries(kept),
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Reads a baseline. Throws a DiagnosticError, `file-unreadable` or `corrupt-file`. */
export function readBaseline(path: string, shownAs: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const detail = `${shownAs} cannot be read: ${(error as Error).message}.`;
    return fail('file-unreadable', { detail, locations: [{ file: shownAs }] });
  }
  try {
    const { judgedBy, models } = BaselineFile.parse(JSON.parse(text));
    const entries = Object.entries(models).map(([model, { judging, variants }]) => {
      const measured = Object.entries(variants).map(([name, kept]) => [name, measurementOf(kept)] as const);
      return [model, { judging, variants: new Map(measured) }] as const;
    });
    return { judgedBy, models: new Map(entries) };
  } catch (error) {
    return fail('corrupt-file', {
      detail: `${shownAs} is no baseline: ${(error as Error).message.split('\n')[0]}.`,
      locations: [{ file: shownAs }],
      help: ['Write it anew: `tflite-gate baseline --write FILE`.'],
    });
  }
}

function measurementOf({
  figures,
  metrics,
}: {
  figures?: Figures | undefined;
  metrics: z.infer<typeof KeptMetric>[];
}): Measurement {
  return {
    scheme: '',
    engine: 'native',
    outcome: 'measured',
    path: undefined,
    figures,
    metrics: metrics.map(metricOf),
    nan: { rows: 0, first: null },
    layers: [],
    float: [],
    targets: [],
    checks: [],
    findings: [],
    stages: [],
  };
}
