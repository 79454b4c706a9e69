// The tests of the runtimes, with the native library that this Python has: elsewhere they skip what needs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { HERE } from './environment.mjs';

const REPOSITORY = resolve(HERE, '..', '..');
const JEST = ['--experimental-vm-modules', '--no-warnings', join(REPOSITORY, 'node_modules/jest/bin/jest.js')];
const LINES_SHOWN = 60;

export async function checkRuntime({ python, wanted }) {
  if (!wanted('runtime')) return [];
  const child = spawn(process.execPath, [...JEST, 'test/runtime', 'test/find-runtime.test.ts'], {
    cwd: REPOSITORY,
    env: { ...process.env, TFLITE_GATE_LITERT: python },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  const summary = /^Tests: .*$/m.exec(output)?.[0] ?? 'no summary';
  console.log(`runtime: ${summary}`);
  const problems = [];
  if (code !== 0) problems.push(output.split('\n').slice(-LINES_SHOWN).join('\n'));
  if (/skipped/.test(summary)) problems.push(`tests were skipped: ${summary}`);
  for (const problem of problems) console.log(`FAILED runtime: ${problem}`);
  return [{ name: 'runtime', problems }];
}
