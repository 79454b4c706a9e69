import type { CheckedRun, CheckOptions, RunPlan } from '#check/check-run.js';
import type { Shard, Unit } from '#check/plan-units.js';
import type { RunRecord } from '#record/record.js';
import type { ReportFormat } from '#report/render-record.js';

/** The formats that a record is rendered in. */
export const reportFormats: readonly ReportFormat[] = ['text', 'markdown', 'html', 'sarif', 'junit'];

/** What the commands of the gate need; given by the program that holds it. */
export interface GateTools {
  check(options: CheckOptions): Promise<CheckedRun>;
  baseline(run: CheckedRun): string;
  plan(options: CheckOptions): Promise<{ readonly plan: RunPlan; readonly units: readonly Unit[] }>;
  balance(units: readonly Unit[], count: number): Unit[][];
  merge(files: readonly string[]): RunRecord;
  read(file: string): RunRecord;
  text(record: RunRecord): string;
  render(record: RunRecord, format: ReportFormat, modelsFolder: string | undefined): string;
  /** Names of the files that were written. */
  init(root: string): Promise<string[]>;
}

export type { CheckOptions, ReportFormat, RunRecord, Shard };
