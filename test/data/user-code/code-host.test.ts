import { expect, jest, test } from '@jest/globals';
import { CodeHost } from '#data/user-code/code-host.js';
import type { ModuleRole, UserRequest } from '#data/user-code/messages.js';
import { findingsOf } from '../reading.js';
import { moduleFile } from './modules.js';

// Processes are started, on machines that may be busy.
jest.setTimeout(120_000);

const update: UserRequest = { kind: 'update', samples: [1] };
const result: UserRequest = { kind: 'result', numbers: Uint32Array.of(0, 1), weights: undefined };

function metric(body: string): string {
  return moduleFile(`export const direction = 'higher';
export const merge = (a, b) => a.map((x, i) => x + b[i]);
export const result = ([x]) => x;
${body}`);
}

async function withHost<T>(file: string, action: (host: CodeHost) => Promise<T>, timeLimitMs = 60_000): Promise<T> {
  const { host } = await CodeHost.open(file, 'metric', { allowCode: true, timeLimitMs });
  try {
    return await action(host);
  } finally {
    await host.dispose();
  }
}

test('code is not run unless the caller allows it, and says what would allow it', async () => {
  const [found] = await findingsOf(CodeHost.open(moduleFile('process.exit(1)'), 'metric', {}));
  expect(found?.code).toBe('code-not-allowed');
  expect(found?.help.join()).toContain('`allow-code: true` at the top of `.tflite-gate.yml` on the base branch');
});

test('it sees no environment, runs in its own folder, and what it prints stays with it', async () => {
  process.env['GITHUB_TOKEN'] = 'secret';
  const file = metric(`export const update = () => {
    console.log('chatter');
    const known = Object.keys(process.env).filter((name) => !/^(NODE_CHANNEL_.*|SystemRoot)$/.test(name));
    return [known.length, import.meta.url.includes(process.cwd().split(/[\\\\/]/).at(-1)) ? 1 : 0, process.argv.length];
  };`);
  try {
    expect(await withHost(file, (host) => host.request(update))).toEqual([[0, 1, 2]]);
  } finally {
    delete process.env['GITHUB_TOKEN'];
  }
});

test('it is asked in turn, waiting or blocking', async () => {
  const file = metric('export const update = async (x) => [x];');
  await withHost(file, async (host) => {
    expect(host.requestSync({ kind: 'update', samples: [3, 4] })).toEqual([[3], [4]]);
    const waiting = host.request({ kind: 'keep', numbers: [0, 1], rows: [[3], [4]] });
    expect(() => host.requestSync(result)).toThrow('already under way');
    await waiting;
    expect(host.requestSync(result)).toBe(7);
    expect(await host.request({ ...result, weights: Uint32Array.of(5, 0) })).toBe(15);
    expect(host.requestSync({ ...result, weights: Uint32Array.of(0, 0) })).toBeNaN();
  });
});

test.each<[what: string, role: ModuleRole, source: string, detail: RegExp, line: number | undefined]>([
  ['syntax', 'metric', 'export const a = ;', /it cannot be loaded: SyntaxError: Unexpected token/, undefined],
  ['what throws', 'metric', '\n\nthrow new Error("no")', /it cannot be loaded: Error: no\.$/, 3],
  [
    'another import',
    'metric',
    'import "nothing-here"',
    /it cannot be loaded: Error: Cannot find package 'nothing-here'/,
    undefined,
  ],
  [
    'no functions',
    'metric',
    'export const direction = 1',
    /TypeError: a metric has to export a function update\(\)/,
    undefined,
  ],
  [
    'no direction',
    'metric',
    'export default { update() {}, merge() {}, result() {} }',
    /export direction: 'higher' or 'lower', what is better; it is undefined/,
    undefined,
  ],
  ['no samples', 'data', 'export const count = 3', /a data module has to export a function samples\(\)/, undefined],
  [
    'half a sample',
    'data',
    'export const count = 3.5; export function samples() {}',
    /count is 3\.5, not a number of/,
    undefined,
  ],
  [
    'what ends',
    'data',
    'console.error("bye"); process.exit(7)',
    /its process ended by exit code 7, after it wrote: bye/,
    undefined,
  ],
])('a module that cannot be used: %s', async (_, role, source, detail, line) => {
  const file = moduleFile(source);
  const [found] = await findingsOf(CodeHost.open(file, role, { allowCode: true }));
  expect(found?.code).toBe('user-code-failed');
  expect(found?.detail).toMatch(detail);
  expect(found?.detail).toContain(file);
  if (line !== undefined) expect(found?.locations).toEqual([{ file, line }]);
});

test('a file that is not there', async () => {
  const [found] = await findingsOf(CodeHost.open('nowhere.mjs', 'data', { allowCode: true }));
  expect(found?.code).toBe('file-unreadable');
});

test.each([
  [
    'throws',
    'export const update = () => {\n  throw new RangeError("odd");\n};',
    /update\(\) failed: RangeError: odd/,
    5,
  ],
  ['gives text', 'export const update = () => ["a"];', /update\(\) gave an array, not a list of numbers/, undefined],
])('an update that %s is told with its line, and the process goes on', async (_, body, detail, line) => {
  const file = metric(body);
  await withHost(file, async (host) => {
    const [found] = await findingsOf(host.request(update));
    expect(found?.detail).toMatch(detail);
    if (line !== undefined) expect(found?.locations).toEqual([{ file, line }]);
    expect(() => host.requestSync(update)).toThrow(detail);
    host.requestSync({ kind: 'keep', numbers: [0, 1], rows: [[1], [2]] });
    expect(host.requestSync(result)).toBe(3);
  });
});

test.each(['requestSync', 'request'] as const)('what takes too long is ended: %s', async (how) => {
  await withHost(
    metric('export const update = () => { for (;;); };'),
    async (host) => {
      const [found] = await findingsOf((async () => host[how](update))());
      expect(found?.detail).toMatch(/update\(\) failed: it took longer than 5 s/);
      expect(() => host.requestSync(result)).toThrow('it took longer than 5 s');
    },
    5000,
  );
});

test.each(['requestSync', 'request'] as const)('a process that ends in between is told: %s', async (how) => {
  await withHost(metric('export const update = () => { process.kill(process.pid, "SIGKILL"); };'), async (host) => {
    const [found] = await findingsOf((async () => host[how](update))());
    expect(found?.detail).toMatch(/update\(\) failed: its process ended by /);
    expect(() => host.requestSync(result)).toThrow('its process ended by');
  });
});
