import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { restoreResults, saveResults } from '#github/result-cache.js';

const saved = { ...process.env };
const calls: { method: string; body: Record<string, unknown> }[] = [];
let folder: string;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  calls.push({ method: request.url?.split('/').at(-1) ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) });
  // Nothing is kept, and nothing taken.
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok": false}');
});

beforeEach(async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  folder = join(mkdtempSync(join(tmpdir(), 'tflite-gate-cache-')), 'results');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['ACTIONS_RESULTS_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  process.env['ACTIONS_RUNTIME_TOKEN'] = 'token';
  process.env['ACTIONS_CACHE_SERVICE_V2'] = 'true';
  process.env['RUNNER_TEMP'] = tmpdir();
  calls.length = 0;
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...saved };
  rmSync(join(folder, '..'), { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const request = () => ({ folder, version: '1.2.3' });

test('the newest results of this version are asked for', async () => {
  expect((await restoreResults(request())).notice).toBeUndefined();
  expect(calls).toEqual([
    {
      method: 'GetCacheEntryDownloadURL',
      body: expect.objectContaining({ key: 'tflite-gate-1.2.3-', restore_keys: ['tflite-gate-1.2.3-'] }),
    },
  ]);
});

test('new results are saved under a key that tells them, what was restored is not', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.json'), 'x');
  const restored = await restoreResults(request());
  calls.length = 0;
  expect(await saveResults(request(), restored)).toEqual({});
  expect(calls).toEqual([]);
  writeFileSync(join(folder, 'b.json'), 'x');
  expect(await saveResults(request(), restored)).toEqual({});
  expect(calls[0]).toEqual({
    method: 'CreateCacheEntry',
    body: expect.objectContaining({ key: expect.stringMatching(/^tflite-gate-1\.2\.3-[0-9a-f]{32}$/) }),
  });
});

test('what was made first is left out where it would be too much', async () => {
  mkdirSync(folder);
  const restored = await restoreResults(request());
  for (const [i, name] of ['old', 'newer', 'newest'].entries()) {
    writeFileSync(join(folder, name), 'x'.repeat(40));
    utimesSync(join(folder, name), 1000 + i, 1000 + i);
  }
  expect(await saveResults({ ...request(), limit: 100 }, restored)).toEqual({});
  expect(readdirSync(folder).sort()).toEqual(['newer', 'newest']);
});

test('without a cache service nothing happens', async () => {
  delete process.env['ACTIONS_RESULTS_URL'];
  const restored = await restoreResults(request());
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.json'), 'x');
  expect([restored.notice, await saveResults(request(), restored), calls]).toEqual([undefined, {}, []]);
});
