import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { main } from '#cli/full.js';
import { CapturedStreams } from './captured-streams.js';

// Models are converted, quantized and run, on machines that may be busy.
jest.setTimeout(60_000);

const FLOAT = join('examples', 'digits', 'saved_model');
const DATA = join('examples', 'digits', 'calibration.npz');

let folder: string;
let model: string;

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = new CapturedStreams();
  const exitCode = await main(argv, streams);
  return { exitCode, stdout: streams.stdout, stderr: streams.stderr };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-debug-'));
  model = join(folder, 'int8.tflite');
  const { stderr } = await run('convert', FLOAT, '-o', model, '--quantize', 'int8', '--representative-data', DATA);
  expect(stderr).toBe('');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the example in int8', () => {
  test('a table, worst first, and files', async () => {
    const [json, csv] = [join(folder, 'debug.json'), join(folder, 'debug.csv')];
    const { exitCode, stdout, stderr } = await run(
      ...['debug', model, '--against', FLOAT, '--data', DATA, '--limit', '20', '--json', json, '--csv', csv],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^ +SQNR +own SQNR +mean err .*\n *\d+\.\d dB +\d+\.\d dB .* CONV_2D +digits_1\/.* \(int8\)\n/,
    );
    expect(stdout).toMatch(/ exact .* RESHAPE/);
    const { layers, samples, unmatched } = JSON.parse(readFileSync(json, 'utf8')) as {
      layers: { op: string; damage: number }[];
      samples: Record<string, number>;
      unmatched: unknown[];
    };
    expect([samples, unmatched]).toEqual([{ serving_default: 20 }, []]);
    const damages = layers.map(({ damage }) => damage);
    expect(damages).toEqual([...damages].sort((a, b) => b - a));
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^signature,index,op,tensor,float_tensor,dtype,damage,sqnr_db,/);
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual(layers.map(({ op }) => op));
  });

  test('why ops of another scheme are float', async () => {
    const dynamic = join(folder, 'dynamic.tflite');
    await run('convert', FLOAT, '-o', dynamic, '--quantize', 'dynamic');
    const { exitCode, stdout } = await run('debug', dynamic, '--against', FLOAT, '--data', DATA, '--limit', '2');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\d ops? in float, \w+: only its weights are quantized, to int8; it computes with float32/);
    expect(stdout).toMatch(/MAX_POOL_2D: no results of this model are quantized/);
  });
});

describe('refusals', () => {
  test.each([
    [['--data', DATA], /--against FLOAT is missing/],
    [['--against', FLOAT], /--data PATH is missing/],
    [['--against', FLOAT, '--data', DATA, '--limit', '0'], /--limit 0 is not a number of samples/],
    [['--against', FLOAT, '--data', DATA, '--signature', 'train'], /no signature 'train' in common/],
  ])('%j', async (options, message) => {
    const { exitCode, stderr } = await run('debug', model, ...options);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
