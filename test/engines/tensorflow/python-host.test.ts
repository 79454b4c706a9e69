import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type HostOptions, PythonHost } from '../../../src/engines/tensorflow/python-host.js';
import { SECRET, withSecrets } from '../../support/environment-secrets.js';
import { fakePython } from '../../support/fake-python.js';

jest.setTimeout(60_000);

const hosts: PythonHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.dispose();
});

async function start(answer: string, options: Partial<HostOptions> = {}): Promise<PythonHost> {
  const folder = mkdtempSync(join(tmpdir(), 'host-'));
  const host = await PythonHost.start(fakePython(answer), { folder, ...options });
  hosts.push(host);
  return host;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a Python process', () => {
  test('answers requests one after the other', async () => {
    const host = await start('return { ok: true, twice: request.value * 2 }');
    expect(await host.request({ kind: 'run', value: 2 })).toEqual({ ok: true, twice: 4 });
    expect(await host.request({ kind: 'run', value: 4 })).toEqual({ ok: true, twice: 8 });
  });

  test('gets nothing of the environment but what it needs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'host-'));
    const answer = 'return { ok: true, env: process.env, cwd: process.cwd(), args: argv }';
    const reply = await withSecrets(async () => {
      const host = await start(answer, { folder });
      return host.request({ kind: 'run' });
    });
    expect(JSON.stringify(reply)).not.toContain(SECRET);
    const { env, cwd, args } = reply as unknown as { env: Record<string, string>; cwd: string; args: string[] };
    expect(env).toMatchObject({ HOME: folder, TMPDIR: folder });
    const allowed =
      /^(PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|LANG|CUDA_VISIBLE_DEVICES|TF_CPP_MIN_LOG_LEVEL|LD_LIBRARY_PATH|SystemRoot)$/;
    expect(Object.keys(env).filter((name) => !allowed.test(name))).toEqual([]);
    expect(env['PATH']?.split(':').slice(1)).toEqual(['/usr/bin', '/bin']);
    expect(cwd).toBe(folder);
    expect(args.slice(0, 3)).toEqual(['-I', '-X', 'utf8']);
  });

  test('that takes too long is ended, with what it started', async () => {
    const answer = `if (request.kind === 'start') return { ok: true };
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      fs.writeFileSync(require('node:path').join(__dirname, 'pid'), String(child.pid));
      return undefined`;
    const python = fakePython(answer);
    const host = await PythonHost.start(python, { folder: mkdtempSync(join(tmpdir(), 'host-')), timeLimitMs: 3000 });
    await expect(host.request({ kind: 'run' })).rejects.toMatchObject({
      diagnostics: [{ code: 'engine-stopped', detail: expect.stringContaining('it took longer than 3 s') }],
    });
    await host.dispose();
    const pid = Number(readFileSync(join(dirname(python), 'pid'), 'utf8'));
    // The operating system may take a moment.
    for (let i = 0; i < 100 && isAlive(pid); i++) await setTimeout(50);
    expect(isAlive(pid)).toBe(false);
    await expect(host.request({ kind: 'run' })).rejects.toThrow('it took longer than 3 s');
  });

  test('that crashes is told by what it last wrote', async () => {
    const host = await start(
      `if (request.kind === 'start') return { ok: true };
       process.stderr.write('terminate called\\nwhat(): std::bad_alloc\\n'); process.kill(process.pid, 'SIGABRT')`,
    );
    await expect(host.request({ kind: 'run' })).rejects.toThrow(
      'it was ended by SIGABRT.\nIt last wrote:\nterminate called\nwhat(): std::bad_alloc',
    );
  });

  test('that takes too much memory is ended, where that can be seen', async () => {
    const memory = 300e6;
    const host = start(`if (request.kind === 'run') { globalThis.kept = Buffer.alloc(500e6, 1); return undefined }`, {
      memory,
    });
    if (process.platform !== 'linux') await expect(host).rejects.toThrow('can be kept on Linux only');
    else {
      const taking = (await host).request({ kind: 'run' });
      await expect(taking).rejects.toThrow('it took more than its 300000000 bytes of memory');
    }
  });

  test('that runs out of memory in Python is told so', async () => {
    const host = await start(
      `if (request.kind === 'run') return { ok: false, error: 'MemoryError', message: 'of 3 GB' }`,
    );
    await expect(host.request({ kind: 'run' })).rejects.toThrow('it ran out of memory: of 3 GB');
  });

  test('that answers something else is ended', async () => {
    const host = await start(`if (request.kind === 'run') process.stdout.write('hello\\n')`);
    await expect(host.request({ kind: 'run' })).rejects.toThrow('an answer that is none: hello');
  });

  test('without TensorFlow is refused', async () => {
    const answer = `return { ok: false, error: 'ModuleNotFoundError', message: "No module named 'tensorflow'" }`;
    await expect(start(answer)).rejects.toMatchObject({
      diagnostics: [{ code: 'engine-missing', detail: expect.stringContaining("No module named 'tensorflow'") }],
    });
  });

  test('that there is not is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'host-'));
    await expect(PythonHost.start(join(folder, 'none'), { folder })).rejects.toThrow('ENOENT');
  });
});
