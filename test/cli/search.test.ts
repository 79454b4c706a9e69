import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { main } from '#cli/full.js';
import { CapturedStreams } from './captured-streams.js';

// Many models are made and run, on machines that may be busy.
jest.setTimeout(240_000);

const DIGITS = join('examples', 'digits');
const MODEL = join(DIGITS, 'saved_model');
const CALIBRATION = ['--representative-data', join(DIGITS, 'calibration.npz')];
const TEST = ['--evaluate-data', join(DIGITS, 'test.npz')];

let folder: string;

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = new CapturedStreams();
  const exitCode = await main(argv, streams);
  return { exitCode, stdout: streams.stdout, stderr: streams.stderr };
}

interface Trial {
  readonly recipe: string;
  readonly bytes?: number;
  readonly drop?: number;
  readonly outcome: string;
  readonly layers: readonly string[];
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-search-test-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the example', () => {
  test.each([
    { metric: 'top-1', maxDrop: 0.01, float: 0.992, mixed: false },
    { metric: 'cosine', maxDrop: 0.00035, float: 1, mixed: true },
  ])('is found smaller than in any single scheme, by a recipe that makes it again: %j', async (wanted) => {
    const { metric, maxDrop, float, mixed } = wanted;
    const [found, again, recipe, report] = ['found.tflite', 'again.tflite', 'r.yaml', 'report.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    const { exitCode, stdout, stderr } = await run(
      ...['convert', MODEL, '-o', found, '--quantize', 'auto', ...CALIBRATION, ...TEST],
      ...['--metric', metric, '--max-drop', String(maxDrop), '--save-recipe', recipe, '--report', report],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`that were tried with a loss of at most ${maxDrop}`);
    const { models } = JSON.parse(readFileSync(report, 'utf8')) as {
      models: { bytes: number; search: { trials: Trial[]; best: number; float: number } }[];
    };
    const [{ bytes, search }] = models as [(typeof models)[0]];
    const best = search.trials[search.best];
    expect([search.float, best?.outcome, best?.bytes]).toEqual([float, 'holds', bytes]);
    expect(best?.drop).toBeLessThanOrEqual(maxDrop);
    expect((best?.layers.length ?? 0) > 0).toBe(mixed);
    const single = search.trials.filter(({ recipe: name }) => /^(int4|int8|dynamic|weight-only|float\d+)$/.test(name));
    expect(single.length).toBeGreaterThan(4);
    for (const { outcome, bytes: size = 0 } of single) if (outcome !== 'fails') expect(size).toBeGreaterThan(bytes);

    const repeated = await run('convert', MODEL, '-o', again, '--recipe', recipe, ...CALIBRATION);
    expect(repeated.exitCode).toBe(0);
    expect(readFileSync(again).equals(readFileSync(found))).toBe(true);
  });

  test('against the float outputs, with 8-bit inputs, within few trials', async () => {
    const { exitCode, stdout } = await run(
      ...['convert', MODEL, '-o', join(folder, 'cosine.tflite'), '--quantize', 'auto', ...CALIBRATION],
      ...['--evaluate-data', join(DIGITS, 'calibration.npz'), '--metric', 'cosine', '--max-drop', '0.001'],
      ...['--io-type', 'int8', '--max-trials', '4'],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/the smallest of [1-4] that were tried with a loss of at most 0\.001\n/);
  });
});

describe('refusals', () => {
  const auto = ['--quantize', 'auto'];
  test.each([
    [auto, /--evaluate-data PATH is missing/],
    [['--quantize', 'auto,int8', ...TEST], /tries all schemes and excludes others/],
    [['--quantize', 'int8', ...TEST], /--evaluate-data needs --quantize auto/],
    [[...auto, ...TEST, '--metric', 'cosin'], /Did you mean `cosine`/],
    [[...auto, ...TEST, '--max-drop=-1'], /--max-drop -1 is not a number of 0 or more/],
    [[...auto, ...TEST, '--io-type', 'int8'], /Inputs and outputs in int8 need the ranges/],
    [[...auto, ...TEST, '--io-type', 'int9'], /there is no such io-type/],
    [[...auto, ...TEST, '--max-trials', '0'], /--max-trials 0 is not a count/],
    [
      [...auto, ...TEST, '--metric', 'cosine', '--max-drop', '0', '--max-trials', '1'],
      /None of the 1 models .* holds cosine within 0 /,
    ],
  ])('%j', async (options, message) => {
    const { exitCode, stderr } = await run('convert', MODEL, '-o', join(folder, 'no.tflite'), ...options);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
