import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckOptions, checkRun } from '#check/check-run.js';
import type { RunRecord, Variant } from '#record/record.js';

const here = dirname(fileURLToPath(import.meta.url));
export const EXAMPLE = join(here, '../../examples/digits');
export const FIXTURES = join(here, 'fixtures');

export const CONFIG = `version: 1
models:
  - path: models/digits
    name: digits
    variants: [float32]
    evaluate: { data: test.npz, metrics: [top-1] }
    limits:
      accuracy: { min: 0.9, max-regression: 0.002 }
      size: { max-increase: 50% }
`;

/** A git repository in a temporary folder, with the digits example in its first commit. */
export class Repository {
  readonly root = mkdtempSync(join(tmpdir(), 'tflite-gate-repository-'));

  constructor(config = CONFIG) {
    this.git('init', '--quiet', '--initial-branch=main');
    this.copy(join(EXAMPLE, 'saved_model'), 'models/digits');
    for (const name of ['test.npz', 'calibration.npz']) this.copy(join(EXAMPLE, name), name);
    if (config !== '') this.write('.tflite-gate.yml', config);
    this.commit();
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: this.root, encoding: 'utf8' });
  }

  commit(): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'commit');
    return this.git('rev-parse', 'HEAD').trim();
  }

  copy(from: string, to: string): void {
    cpSync(from, join(this.root, to), { recursive: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Variables of a fixture in place of the model's own. */
  replaceVariables(fixture: string): void {
    this.copy(join(FIXTURES, fixture), 'models/digits/variables');
  }

  get output(): string {
    return join(this.root, 'out');
  }

  get options(): CheckOptions {
    return { root: this.root, base: 'HEAD', output: this.output, trusted: true };
  }

  async check(options: Partial<CheckOptions> = {}): Promise<RunRecord> {
    const { record } = await checkRun({ ...this.options, ...options });
    return record;
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function variantOf(record: RunRecord, model = 'digits', name = 'float32'): Variant {
  const found = record.models.find((each) => each.name === model)?.variants.find((each) => each.name === name);
  if (!found) throw new Error(`no ${model} (${name}) in the record`);
  return found;
}

/** Verdicts of checks by their ids. */
export function verdictsOf({ checks }: Variant): Record<string, string> {
  return Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
}
