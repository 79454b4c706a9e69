import { describe, expect, jest, test } from '@jest/globals';
import type { CheckOptions, GateTools } from '#cli/gate-tools.js';
import { main } from '#cli/main.js';
import { CapturedStreams } from './captured-streams.js';

/** What a check is asked for, by a command line that goes no further. */
async function checked(...argv: string[]) {
  const streams = new CapturedStreams();
  const check = jest.fn((_: CheckOptions) => Promise.reject(new Error('enough')));
  const exitCode = await main(['check', ...argv], streams, { gate: { check } as unknown as GateTools });
  return { exitCode, stderr: streams.stderr, overrides: check.mock.calls[0]?.[0].overrides };
}

describe('--fail-on', () => {
  test.each([
    ['none', []],
    ['size', ['size']],
    ['accuracy,peak-memory', ['accuracy', 'peak-memory']],
    ['accuracy, size ops,', ['accuracy', 'size', 'ops']],
  ])('%s', async (text, expected) => {
    expect((await checked('--fail-on', text)).overrides?.failOn).toEqual(expected);
  });

  test('says nothing where it is not given', async () => {
    expect((await checked()).overrides).not.toHaveProperty('failOn');
  });

  const all =
    'It may be any of unsupported, missing, accuracy, size, ops, macs, peak-memory, latency, target, or `none`.';
  test.each([
    ['accurracy', '--fail-on accurracy: no verdict is called so.', ['Did you mean `accuracy`?', all]],
    ['size,Latency', '--fail-on Latency: no verdict is called so.', ['Did you mean `latency`?', all]],
    ['everything-else', '--fail-on everything-else: no verdict is called so.', [all]],
    ['none,size', '--fail-on none,size: `none` stands alone.', []],
    [',', '--fail-on names nothing.', [all]],
  ])('%s is refused before anything is checked', async (text, message, help) => {
    const { exitCode, stderr, overrides } = await checked('--fail-on', text);
    expect([exitCode, overrides]).toEqual([2, undefined]);
    for (const line of [message, ...help, 'See `tflite-gate check --help`.']) expect(stderr).toContain(line);
  });
});
