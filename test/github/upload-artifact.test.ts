import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { artifactUrl, isEnterpriseServer, publishArtifact, uploadArtifact } from '#github/upload-artifact.js';
import { readZip } from '#tensor/zip.js';
import { type ArtifactService, startArtifactService } from './artifact-service.js';

describe('uploading', () => {
  let service: ArtifactService;
  let folder: string;
  const saved = { ...process.env };

  beforeEach(async () => {
    // The toolkit reports its progress there.
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    service = await startArtifactService();
    folder = mkdtempSync(join(tmpdir(), 'tflite-gate-upload-'));
    const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run-id:job-id' })).toString('base64url');
    process.env['ACTIONS_RUNTIME_TOKEN'] = `e30.${claims}.signature`;
    process.env['ACTIONS_RESULTS_URL'] = service.url;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.env = { ...saved };
    rmSync(folder, { recursive: true, force: true });
    await service.close();
  });

  test('puts the files, by their paths in the folder, into one artifact', async () => {
    const content = Buffer.from('one model '.repeat(1000));
    writeFileSync(join(folder, 'a.tflite'), content);
    mkdirSync(join(folder, 'more'));
    writeFileSync(join(folder, 'more/b.tflite'), 'another');
    const uploaded = await uploadArtifact('models', ['a.tflite', 'more/b.tflite'], folder);
    const artifact = service.artifacts.get('models');
    const zip = artifact?.content as Buffer;
    const digest = createHash('sha256').update(zip).digest('hex');
    expect(uploaded).toEqual({ id: 77, name: 'models', digest });
    expect(artifact?.finalized).toEqual({ size: String(zip.length), hash: `sha256:${digest}` });
    const entries = readZip(zip);
    expect([...entries.keys()].sort()).toEqual(['a.tflite', 'more/b.tflite']);
    expect(Buffer.from(entries.get('a.tflite') as Uint8Array).equals(content)).toBe(true);
  });

  test('is published with its address, and what keeps it from being is told', async () => {
    writeFileSync(join(folder, 'a.tflite'), 'x');
    const environment = { ...process.env, GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '5' };
    const request = { name: 'models', files: ['a.tflite'], root: folder, retentionDays: 3, environment };
    const url = 'https://github.com/a/b/actions/runs/5/artifacts/77';
    expect(await publishArtifact(request)).toEqual({ url, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await publishArtifact(request)).notice).toMatch(/409|name is taken/);
    const elsewhere = { ...environment, GITHUB_SERVER_URL: 'https://github.example.com' };
    expect((await publishArtifact({ ...request, environment: elsewhere })).notice).toContain('Enterprise Server');
    expect((await publishArtifact({ ...request, environment: {} })).notice).toContain(folder);
    expect(await publishArtifact({ ...request, files: [] })).toEqual({});
  });

  test('fails where the name is taken', async () => {
    writeFileSync(join(folder, 'a.tflite'), 'x');
    await uploadArtifact('models', ['a.tflite'], folder);
    await expect(uploadArtifact('models', ['a.tflite'], folder)).rejects.toThrow(/409|conflict|name is taken/i);
  });
});

test('an artifact has an address', () => {
  const environment = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '5' };
  expect(artifactUrl(7, environment)).toBe('https://github.com/a/b/actions/runs/5/artifacts/7');
});

test.each([
  [undefined, false],
  ['https://github.com', false],
  ['https://GitHub.com', false],
  ['https://octo.ghe.com', false],
  ['https://github.example.com', true],
  ['https://notgithub.com', true],
])('a server at %s is an Enterprise Server: %s', (url, expected) => {
  expect(isEnterpriseServer(url === undefined ? {} : { GITHUB_SERVER_URL: url })).toBe(expected);
});
