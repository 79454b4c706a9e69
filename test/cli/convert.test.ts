import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { commandLineOf } from '#cli/command-line.js';
import { type Diagnostic, DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import type { ConvertOptions } from '#index.js';
import { CapturedStreams } from './captured-streams.js';

// The library is a stand-in here: what the command does with its answers is tested, above all with bad ones.
const library = { convert: jest.fn(), writeModel: jest.fn(), inspect: jest.fn(), runModel: jest.fn() };
jest.unstable_mockModule('#index.js', () => library);
const { main } = await import('#cli/main.js');

const warning: Diagnostic = { ...diagnostic('invalid-data', { detail: 'Odd.' }), severity: 'warning' };
const unsupported = new DiagnosticError([
  diagnostic('unsupported-op', { op: 'Foo', detail: 'No.', locations: [{ node: 'a/b/Foo', layer: 'b' }] }),
]);
const timings = [{ name: 'fold-constants', ms: 1.5, ops: 7, changed: true }];

/** Converts by name: what `bad` maps a folder's name to is thrown. */
function converting(bad: Record<string, unknown> = {}, result: object = {}): void {
  library.convert.mockImplementation((path: unknown) => {
    const error = bad[path as string];
    if (error !== undefined) throw error;
    return { model: path, diagnostics: [], timings, explanations: [], ...result };
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-cli-'));
  library.convert.mockReset();
  library.writeModel.mockReset().mockImplementation((model: unknown, path: unknown) => {
    writeFileSync(path as string, `converted ${model}`);
    const operators = [{ name: 'CONV_2D', version: 1, custom: false, count: 2 }];
    return { operators, operatorCount: 2, weightBytes: 8, macs: { total: 100, byOperator: [] } };
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = new CapturedStreams();
  const exitCode = await main(argv, streams);
  return { exitCode, stdout: streams.stdout, stderr: streams.stderr };
}

const untimed = (text: string) =>
  text
    .replaceAll(folder, 'DIR')
    .replaceAll('\\', '/')
    .replace(/\d+\.\d\d s/g, '0.00 s');

describe('one model', () => {
  test('tells where the time went, also when quiet', async () => {
    converting();
    library.writeModel.mockImplementation((model: unknown, path: unknown, stages: unknown) => {
      writeFileSync(path as string, `converted ${model}`);
      (stages as object[]).push({ name: 'write-file', ms: 2, ops: 0, changed: false });
      return { operators: [], operatorCount: 2, weightBytes: 8, macs: { total: 100, byOperator: [] } };
    });
    const [output, report] = [join(folder, 'm.tflite'), join(folder, 'report.json')];
    const { stdout, stderr } = await run('convert', 'm', '-o', output, '--timing', '--quiet', '--report', report);
    expect(stdout).toBe('');
    const names = stderr.split('\n').map((line) => line.trim().split(/ {2,}/)[0]);
    expect(names).toEqual([
      expect.stringMatching(/^m: where the time went; the process began \d+ ms before$/),
      'fold-constants',
      'write-file',
      'everything else',
      'all',
      '',
    ]);
    // The same data are in the report.
    const [{ timings: told }] = JSON.parse(readFileSync(report, 'utf8')).models;
    expect(told.map(({ name }: { name: string }) => name)).toEqual(['fold-constants', 'write-file']);
  });

  test('is written, into a folder that need not exist, and summed up', async () => {
    converting({}, { diagnostics: [warning] });
    const output = join(folder, 'new', 'm.tflite');
    const { exitCode, stdout, stderr } = await run('convert', 'm', '-o', output, '--input-shape', 'x=1,?');
    expect(exitCode).toBe(0);
    expect(untimed(stdout)).toBe(`DIR/new/m.tflite: 11 B, 2 ops, 0.00 s\n`);
    expect(stderr).toBe('warning: Invalid data [invalid-data]\n  Odd.\n');
    expect(readFileSync(output, 'utf8')).toBe('converted m');
    expect(library.convert).toHaveBeenCalledWith('m', {
      inputShapes: { x: [1, null] },
      command: commandLineOf(['convert', 'm', '-o', output, '--input-shape', 'x=1,?']),
      dumpPasses: undefined,
    });
  });

  test('quiet: nothing but the file', async () => {
    converting({}, { diagnostics: [warning] });
    const { exitCode, stdout, stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'), '--quiet');
    expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
  });

  test("tflite_convert's command line", async () => {
    converting();
    const output = join(folder, 'm.tflite');
    expect(await run('--saved_model_dir=m', `--output_file=${output}`)).toMatchObject({ exitCode: 0 });
    expect(existsSync(output)).toBe(true);
  });

  test('unsupported: 1, all reasons, no file', async () => {
    converting({ m: unsupported });
    const { exitCode, stdout, stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'));
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatchInlineSnapshot(`
"error: Op without a TFLite equivalent: Foo [unsupported-op]
  No.
    at layer b, node a/b/Foo
m is not converted.
"
`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('wrong input: 2', async () => {
    converting({ m: new DiagnosticError([diagnostic('not-a-saved-model', { detail: 'm is empty.' })]) });
    const { exitCode, stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: Not a SavedModel [not-a-saved-model]\n  m is empty.\n');
  });

  test('a file that cannot be written: 2', async () => {
    converting();
    writeFileSync(join(folder, 'file'), '');
    const { exitCode, stderr } = await run('convert', 'm', '-o', join(folder, 'file', 'm.tflite'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cannot be made');
  });
});

describe('an internal error: 3', () => {
  test('what is needed to look into it is left behind', async () => {
    let dumped = '';
    library.convert.mockImplementation((_, options: unknown) => {
      const { dumpPasses } = options as ConvertOptions;
      if (dumpPasses !== undefined) {
        dumped = dumpPasses;
        writeFileSync(join(dumpPasses, 'failure.txt'), 'fold-constants failed.');
      }
      throw new Error('out of luck');
    });
    const { exitCode, stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'), '--quiet');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('error: Internal error [internal]\n  Error: out of luck\n');
    expect(stderr).toContain('m is not converted.\n');
    expect(stderr).toContain(
      `The graph before the pass that failed, and the command that repeats it, are in ${dumped}.`,
    );
    expect(readdirSync(folder)).toEqual([]);
    rmSync(dumped, { recursive: true });
  });

  test('outside of the passes there is nothing to leave', async () => {
    let dumped = '';
    library.convert.mockImplementation((_, options: unknown) => {
      dumped = (options as ConvertOptions).dumpPasses ?? dumped;
      throw new Error('out of luck');
    });
    const { stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'));
    expect(stderr).not.toContain('The graph before');
    expect(dumped).not.toBe('');
    expect(existsSync(dumped)).toBe(false);
  });

  test('a dump that was asked for is the one', async () => {
    converting({ m: new Error('out of luck') });
    const dump = join(folder, 'ir');
    mkdirSync(dump);
    writeFileSync(join(dump, 'failure.txt'), '');
    const { stderr } = await run('convert', 'm', '-o', join(folder, 'm.tflite'), '--dump-passes', dump);
    expect(stderr).toContain(`are in ${dump}.`);
    expect(library.convert).toHaveBeenCalledTimes(1);
  });
});

describe('several models', () => {
  test('one that fails does not stop the others, and the gravest exit code counts', async () => {
    const invalid = new DiagnosticError([diagnostic('corrupt-file', { detail: 'b is short.' })]);
    converting({ a: unsupported, b: invalid });
    const report = join(folder, 'report.json');
    const { exitCode, stdout, stderr } = await run(
      ...['convert', 'a', 'b', 'c', '--output-dir', join(folder, 'out'), '--report', report],
    );
    expect(exitCode).toBe(2);
    expect(readdirSync(join(folder, 'out'))).toEqual(['c.tflite']);
    expect(untimed(stdout)).toBe(`DIR/out/c.tflite: 11 B, 2 ops, 0.00 s\n`);
    expect(stderr).toMatch(/a is not converted\.[\s\S]*b is not converted\./);
    const written = JSON.parse(readFileSync(report, 'utf8')) as { models: { durationMs: number }[] };
    expect(written).toMatchObject({
      tool: { name: 'tflite-gate' },
      exitCode: 2,
      models: [
        { input: 'a', status: 'unsupported', diagnostics: unsupported.diagnostics },
        { input: 'b', status: 'invalid-input', diagnostics: [{ code: 'corrupt-file' }] },
        {
          input: 'c',
          status: 'converted',
          output: join(folder, 'out', 'c.tflite'),
          bytes: 11,
          sha256: '166a6eac22a81f03954ea070b7105dc96fb88adb0e77500f9e59d10cccb4a1cf',
          engine: 'native',
          operatorCount: 2,
          operators: [{ name: 'CONV_2D', version: 1, custom: false, count: 2 }],
          macs: 100,
          weightBytes: 8,
          timings,
          diagnostics: [],
        },
      ],
    });
    expect(written.models.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });

  test('progress on a terminal tells which', async () => {
    converting();
    const streams = new CapturedStreams({ isTTY: true });
    await main(['convert', 'a', 'b', '--output-dir', folder], streams);
    expect(streams.stderr).toBe('[1/2] Converting a …\r\u001b[K[2/2] Converting b …\r\u001b[K');
  });
});

describe('explaining a pass', () => {
  const explanations = [
    { op: 'tf.Mul', location: { node: 'a/Mul' }, reason: 'fold: no constant', count: 1 },
    { op: 'tf.Add', location: {}, reason: 'fold: no constant', count: 3 },
  ];

  test('reasons, with places', async () => {
    converting({}, { explanations });
    const { stdout } = await run('convert', 'm', '-o', join(folder, 'm.tflite'), '--explain', 'fold-constants');
    expect(untimed(stdout)).toMatchInlineSnapshot(`
"tf.Mul: fold: no constant, at node a/Mul
tf.Add: fold: no constant (3 times)
DIR/m.tflite: 11 B, 2 ops, 0.00 s
"
`);
  });

  test('no reasons', async () => {
    converting();
    const { stdout } = await run('convert', 'm', '-o', join(folder, 'm.tflite'), '--explain', 'fold-constants');
    expect(stdout).toContain('fold-constants left nothing alone for which it gives a reason.\n');
  });

  test('a pass that does not exist: 2, no file', async () => {
    converting();
    const args = ['convert', 'm', '-o', join(folder, 'm.tflite'), '--explain'];
    const close = await run(...args, 'fold-constant');
    expect(close.exitCode).toBe(2);
    expect(close.stderr).toContain('there is no such pass.\n  help: Did you mean `fold-constants`?');
    expect((await run(...args, 'x')).stderr).toContain('help: The passes are: fold-constants.');
    expect(readdirSync(folder)).toEqual([]);
  });
});
