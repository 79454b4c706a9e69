import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fail } from '#diagnostics/diagnostic.js';
import { Figures } from '#record/measures.js';
import { KeptMetric, metricOf, textOf } from './kept-metrics.js';
import type { Measurement } from './measurement.js';

const VERSION = 1;

/** What a later run is compared with, where no commit is at hand: figures, and what each sample gave. */
const Baseline = z.object({
  baseline: z.literal(VERSION),
  tool: z.string(),
  models: z.record(
    z.string(),
    z.record(z.string(), z.object({ figures: Figures.optional(), metrics: z.array(KeptMetric) })),
  ),
});

/** Measurements by the model's and the variant's name. */
export type BaselineModels = ReadonlyMap<string, ReadonlyMap<string, Measurement>>;

export function baselineText(models: BaselineModels, tool: string): string {
  const kept = [...models].map(([model, variants]) => [
    model,
    Object.fromEntries(
      [...variants].map(([name, { figures, metrics }]) => [name, { figures, metrics: metrics.map(textOf) }]),
    ),
  ]);
  return `${JSON.stringify({ baseline: VERSION, tool, models: Object.fromEntries(kept) }, null, 1)}\n`;
}

/** Reads a baseline. Throws a DiagnosticError, `file-unreadable` or `corrupt-file`. */
export function readBaseline(path: string, shownAs: string): BaselineModels {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const detail = `${shownAs} cannot be read: ${(error as Error).message}.`;
    return fail('file-unreadable', { detail, locations: [{ file: shownAs }] });
  }
  try {
    const { models } = Baseline.parse(JSON.parse(text));
    return new Map(
      Object.entries(models).map(([model, variants]) => [
        model,
        new Map(Object.entries(variants).map(([name, kept]) => [name, measurementOf(kept)] as const)),
      ]),
    );
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
