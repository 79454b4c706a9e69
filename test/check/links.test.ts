import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { contentDigest } from '#check/content-digest.js';

/** Links have no content of their own: what is kept by a digest has to follow from what they lead to. */
describe('the digest of a folder with symbolic links', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tflite-gate-links-'));
    write('model/saved_model.pb', 'graph');
    write('shared/variables.index', 'index');
    write('shared/variables.data', 'weights');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }

  async function digest(path = 'model'): Promise<string> {
    return (await contentDigest(join(root, path))).sha256;
  }

  it('is that of its files, sorted by path, where there are none', async () => {
    write('model/a.b', '1');
    write('model/a/b', '2');
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const lines = [`${sha256('1')}  a.b`, `${sha256('2')}  a/b`, `${sha256('graph')}  saved_model.pb`];
    const expected = { sha256: sha256(lines.map((line) => `${line}\n`).join('')), bytes: 7 };
    expect(await contentDigest(join(root, 'model'))).toEqual(expected);
  });

  it('is the same as with the files themselves, and so are the bytes', async () => {
    link('model/variables', '../shared');
    link('model/assets/words', '../../shared/variables.index');
    cpSync(join(root, 'shared'), join(root, 'copy/variables'), { recursive: true });
    write('copy/saved_model.pb', 'graph');
    write('copy/assets/words', 'index');
    expect(await contentDigest(join(root, 'model'))).toEqual(await contentDigest(join(root, 'copy')));
  });

  it.each([
    ['a folder', 'model/variables', '../shared'],
    ['a file', 'model/variables/variables.data', '../../shared/variables.data'],
    ['the folder that it lies in', 'model/variables', '..'],
  ])('is another one when what changes lies behind a link to %s', async (_, path, target) => {
    link(path, target);
    const before = await digest();
    write('shared/variables.data', 'other');
    expect(await digest()).not.toBe(before);
  });

  it('is another one when what changes lies behind a link in a linked folder', async () => {
    link('shared/more', '../elsewhere');
    write('elsewhere/file', 'one');
    link('model/variables', '../shared');
    const before = await digest();
    write('elsewhere/file', 'two');
    expect(await digest()).not.toBe(before);
  });

  it('has an end where links lead in a circle, and to one another many times', async () => {
    link('model/self', '.');
    link('model/up', '..');
    link('model/loop', 'loop');
    for (let i = 0; i < 40; i++) {
      for (const name of ['left', 'right']) link(`chain/${i}/${name}`, `../${i + 1}`);
    }
    link('model/chain', '../chain/0');
    const before = await digest();
    expect(await digest()).toBe(before);
    write('chain/39/file', 'text');
    expect(await digest()).not.toBe(before);
  });

  it('counts a link that leads nowhere by where it would lead', async () => {
    const without = await digest();
    link('model/variables', '../nowhere');
    const before = await digest();
    rmSync(join(root, 'model/variables'));
    link('model/variables', '../elsewhere');
    expect(new Set([without, before, await digest()]).size).toBe(3);
  });

  it('is that of the folder where the path itself is a link', async () => {
    link('other', 'model');
    expect(await digest('other')).toBe(await digest());
  });
});
