import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { main } from '#cli/full.js';
import { CapturedStreams } from './captured-streams.js';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Report {
  readonly models: readonly {
    readonly operators: readonly { readonly name: string }[];
    readonly diagnostics: readonly { readonly code: string; readonly locations: readonly unknown[] }[];
  }[];
}

async function convert(model: string, ...options: string[]) {
  const streams = new CapturedStreams();
  const [output, report] = [join(folder, 'm.tflite'), join(folder, 'report.json')];
  const exitCode = await main(['convert', model, '-o', output, '--report', report, ...options], streams);
  const { models } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return { exitCode, stderr: streams.stderr, model: models[0] as Report['models'][0], written: existsSync(output) };
}

const codes = ({ diagnostics }: Report['models'][0]) => diagnostics.map(({ code }) => code);

describe('--select-tf-ops and --allow-custom-op', () => {
  const select = 'test/tensorflow/flex/select';
  const custom = 'test/tensorflow/flex/custom';

  test('without them, all ops are listed with their ways out', async () => {
    const { exitCode, stderr, written } = await convert(select);
    expect([exitCode, written]).toEqual([1, false]);
    expect(stderr).toMatch(/Op without a TFLite equivalent: ParseExampleV2/);
    expect(stderr).toMatch(/`--select-tf-ops` leaves it to TensorFlow/);
  });

  test('Flex ops, and what the app must link', async () => {
    const { exitCode, stderr, model } = await convert(select, '--select-tf-ops');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/notice: The application must link the Flex delegate/);
    expect(codes(model)).toEqual(['needs-flex-delegate']);
    expect(model.operators.map(({ name }) => name)).toContain('FlexParseExampleV2');
  });

  test('custom ops by name; the others stay refused', async () => {
    const all = await convert(custom, '--allow-custom-op', 'StringNGrams', '--allow-custom-op=CropAndResize');
    expect(all.exitCode).toBe(0);
    expect(codes(all.model)).toEqual(['needs-custom-kernel']);
    expect(all.model.operators.map(({ name }) => name)).toContain('StringNGrams');
    const one = await convert(select, '--allow-custom-op', 'ParseExampleV2');
    expect(one.exitCode).toBe(1);
    expect(one.stderr).toMatch(/equivalent: AsString/);
    expect(one.stderr).not.toMatch(/equivalent: ParseExampleV2/);
  });

  test('an op that is not on the official list is left to Flex with a warning', async () => {
    const { exitCode, model } = await convert(custom, '--select-tf-ops');
    expect(exitCode).toBe(0);
    expect(codes(model).sort()).toEqual(['needs-flex-delegate', 'unlisted-flex-op']);
  });
});

describe('--replacements', () => {
  const model = 'test/tensorflow/replacements/models/erf-tanh';

  test('a ready rule, with what came of it', async () => {
    const { exitCode, model: report } = await convert(model, '--replacements', 'erf-tanh');
    expect(exitCode).toBe(0);
    expect(codes(report)).toEqual(['replacement-made']);
    expect(report.operators.map(({ name }) => name).sort()).toEqual(['ADD', 'MUL', 'TANH']);
  });

  test('a wrong rule keeps the model from being written', async () => {
    const rules = join(folder, 'wrong.yaml');
    writeFileSync(rules, 'name: wrong\ntolerance: 0.001\npattern:\n  y: Erf(x)\nreplacement:\n  y: Tanh(x)\n');
    const { exitCode, stderr, written } = await convert(model, '--replacements', rules);
    expect([exitCode, written]).toEqual([2, false]);
    expect(stderr).toMatch(/A replacement computes something else.*\n.*wrong: for x = /);
  });

  test('also where the model is quantized', async () => {
    const { exitCode, model: report } = await convert(model, '--replacements', 'erf-tanh', '--quantize', 'float16');
    expect(exitCode).toBe(0);
    expect(codes(report)).toContain('replacement-made');
  });
});

describe('--fuse-rnn', () => {
  test('loops that are no recurrent layers stay, and that is said', async () => {
    const { exitCode, model } = await convert('test/op-cases/While__0/saved_model', '--fuse-rnn');
    expect(exitCode).toBe(0);
    expect(codes(model)).toEqual(['recurrent-not-fused']);
  });
});
