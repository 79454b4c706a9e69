import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checksumsText } from '#github/checksums.js';
import { publishRelease, type ReleaseRequest, withNotes } from '#github/release.js';
import type { ReleaseFile } from '#github/release-assets.js';
import { contextAt } from './contexts.js';
import { GitHubService, type ServiceAnswer } from './github-service.js';

let github: GitHubService;
let log: string[];
beforeEach(async () => {
  github = await new GitHubService().start();
  log = [];
});
afterEach(() => github.stop());

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function file(name: string, text: string): ReleaseFile {
  const content = Buffer.from(text);
  return { name, bytes: content.length, sha256: hash(content), read: () => content };
}

const files = [file('a.tflite', 'model a'), file('b.tflite', 'model b'), file('a.json', '{}')];

function release(more: Partial<ReleaseRequest> = {}): ReturnType<typeof publishRelease> {
  return publishRelease({
    context: contextAt(github.url, { pullRequest: undefined, sha: 'c0ffee' }),
    token: 'secret-token',
    tag: 'v1',
    files,
    notes: async (previous) => `our notes, since ${previous?.tag}`,
    existing: 'replace',
    dryRun: false,
    keepDraft: false,
    log: (line) => log.push(line),
    second: 5,
    ...more,
  });
}

/** One published release of the tag, with each file once and checksums of what is there. */
function expectComplete(tag = 'v1'): void {
  const ofTag = github.releases.filter((each) => each.tag === tag);
  expect(ofTag).toMatchObject([{ draft: false }]);
  const assets = ofTag[0]?.assets ?? [];
  const contents = new Map(assets.map(({ name, content }) => [name, content]));
  expect(contents.size).toBe(assets.length);
  for (const { name, sha256 } of files) expect(hash(contents.get(name) as Buffer)).toBe(sha256);
  const sums = contents.get('SHA256SUMS')?.toString();
  contents.delete('SHA256SUMS');
  expect(sums).toBe(checksumsText(new Map([...contents].map(([name, content]) => [name, hash(content)]))));
}

const uploads = (): number => github.requests.filter((line) => /^POST .*\/assets$/.test(line)).length;

describe('a release', () => {
  test('is a draft until it is complete', async () => {
    const drafts: boolean[] = [];
    github.intercept = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('/assets')) drafts.push(github.releases[0]?.draft === true);
      return undefined;
    };
    github.immutable = true;
    expect(await release()).toEqual({ url: 'https://github.com/o/r/releases/tag/v1', published: true });
    expect(drafts).toEqual([true, true, true, true]);
    expectComplete();
    expect(github.releases[0]?.body).toContain('our notes, since undefined');
  });

  test('that is repeated changes nothing, also where it is immutable', async () => {
    github.immutable = true;
    await release();
    const before = structuredClone(github.releases);
    expect((await release()).published).toBe(true);
    expect(github.releases).toEqual(before);
    expect(uploads()).toBe(4);
  });

  test('that was interrupted after the first asset goes on', async () => {
    github.intercept = ({ method, path, query }): ServiceAnswer | undefined =>
      method === 'POST' && path.endsWith('/assets') && query.get('name') === 'b.tflite'
        ? { status: 400, json: {} }
        : undefined;
    await expect(release()).rejects.toMatchObject({ diagnostics: [{ code: 'release-refused' }] });
    expect(github.releases).toMatchObject([{ draft: true, assets: [{ name: 'a.tflite' }] }]);
    github.intercept = () => undefined;
    expect((await release()).published).toBe(true);
    expectComplete();
    expect(uploads()).toBe(2 + 3);
  });

  test('replaces what an upload left half-finished', async () => {
    github.addAsset(github.addRelease('v1'), 'a.tflite', Buffer.from('mod'), 'starter');
    await release();
    expectComplete();
  });

  test('gets over a server error that left a half-finished asset', async () => {
    let failed = false;
    github.intercept = ({ method, path, query }) => {
      if (failed || method !== 'POST' || !path.endsWith('/assets')) return undefined;
      failed = true;
      github.addAsset(github.releases[0]!, query.get('name') ?? '', Buffer.alloc(0), 'starter');
      return { status: 502, json: {} };
    };
    await release();
    expectComplete();
  });

  test('that two jobs make at a time is one', async () => {
    const [first, second, third] = await Promise.all([release(), release(), release()]);
    expect([first, second, third].map(({ url }) => url)).toEqual(Array(3).fill(first.url));
    expectComplete();
  });

  test('holds the files of jobs with different ones', async () => {
    const other = file('c.tflite', 'model c');
    await Promise.all([release({ keepDraft: true }), release({ keepDraft: true, files: [other] })]);
    await release();
    expectComplete();
    expect(github.releases[0]?.assets.some(({ name }) => name === 'c.tflite')).toBe(true);
  });

  test('replaces or keeps what has the name but not the content', async () => {
    const existing = github.addRelease('v1', false);
    github.addAsset(existing, 'a.tflite', Buffer.from('MODEL A'));
    await release({ existing: 'keep' });
    expect(existing.assets.find(({ name }) => name === 'a.tflite')?.content.toString()).toBe('MODEL A');
    const sums = existing.assets.find(({ name }) => name === 'SHA256SUMS')?.content.toString();
    expect(sums).toContain(hash(Buffer.from('MODEL A')));
    await release();
    expectComplete();
  });

  test('keeps what a person wrote, and what else it holds', async () => {
    const existing = github.addRelease('v1', true, 'By hand.');
    github.addAsset(existing, 'manual.pdf', Buffer.from('pdf'));
    await release();
    await release({ notes: async () => 'other notes' });
    expectComplete();
    expect(existing.body).toMatch(
      /^By hand\.\n\n<!-- tflite-gate:notes -->\nother notes\n<!-- \/tflite-gate:notes -->$/,
    );
    expect(existing.assets).toHaveLength(5);
  });

  test('is compared with the one before', async () => {
    const first = github.addRelease('v0.1', false);
    github.addAsset(first, 'a.json', Buffer.from('{"old": true}'));
    github.addRelease('v0.2-draft');
    let read: (Buffer | undefined)[] = [];
    await release({
      notes: async (previous) => {
        expect(previous?.tag).toBe('v0.1');
        read = [await previous?.read('a.json'), await previous?.read('none.json')];
        return 'notes';
      },
    });
    expect(read.map(String)).toEqual(['{"old": true}', 'undefined']);
  });

  test('may stay a draft', async () => {
    expect((await release({ keepDraft: true })).published).toBe(false);
    expect(github.releases).toMatchObject([{ draft: true }]);
  });
});

test('a dry run says what would be done, and does nothing', async () => {
  expect(await release({ dryRun: true })).toEqual({ url: undefined, published: false });
  expect(log.join('\n')).toMatch(/would make.*v1[\s\S]*would upload b\.tflite[\s\S]*would publish[\s\S]*our notes/);
  const existing = github.addRelease('v1');
  for (const { name, read } of files.slice(1)) github.addAsset(existing, name, read());
  log = [];
  await release({ dryRun: true });
  expect(log.filter((line) => line.includes('upload'))).toEqual([
    'Dry run: would upload a.tflite.',
    'Dry run: would upload SHA256SUMS.',
  ]);
  expect(github.requests.every((line) => line.startsWith('GET'))).toBe(true);
});

describe('refused is', () => {
  test('a file that is too large, before anything is done', async () => {
    const large = { ...file('big.tflite', ''), bytes: 2 ** 31 };
    await expect(release({ files: [large] })).rejects.toMatchObject({
      diagnostics: [{ code: 'release-refused', detail: expect.stringContaining('2 GiB') }],
    });
    expect(github.requests).toEqual([]);
  });

  test('what is missing in an immutable release', async () => {
    github.immutable = true;
    github.addRelease('v1', false);
    await expect(release()).rejects.toThrow(
      'immutable, and lacks or differs in a.tflite, b.tflite, a.json, SHA256SUMS',
    );
  });

  test('a token that may not', async () => {
    github.intercept = ({ method }) =>
      method === 'GET' ? undefined : { status: 403, json: { message: 'Resource not accessible' } };
    await expect(release()).rejects.toMatchObject({
      diagnostics: [{ help: [expect.stringContaining('contents: write')] }],
    });
  });
});

test('notes that would be too long are left out', () => {
  expect(withNotes('text', 'x'.repeat(125_000))).toBe('text');
});
