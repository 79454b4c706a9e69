import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isTracked } from '#git/find-commit.js';
import { Repository } from '../check/repository.js';

/** Results that a commit could bring along would be believed. */
describe('whether a commit could say what is in a folder', () => {
  const CACHE = '.cache/tflite-gate';
  let repository: Repository;
  let outside: string;

  beforeEach(() => {
    repository = new Repository('');
    outside = mkdtempSync(join(tmpdir(), 'tflite-gate-outside-'));
  });

  afterEach(() => {
    repository.dispose();
    rmSync(outside, { recursive: true });
  });

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true });
    symlinkSync(target, join(repository.root, path));
  }

  async function tracked(path = CACHE): Promise<boolean> {
    const found = await isTracked(repository.root, path);
    expect(await isTracked(repository.root, join(repository.root, path))).toBe(found);
    return found;
  }

  it('cannot where it is not there, is not tracked, or is ignored', async () => {
    expect(await tracked()).toBe(false);
    repository.write(`${CACHE}/file`, 'text');
    expect(await tracked()).toBe(false);
    repository.write('.gitignore', '.cache\n');
    repository.commit();
    expect(await tracked()).toBe(false);
  });

  it('cannot outside of the repository, even through a link that git does not keep', async () => {
    expect(await isTracked(repository.root, join(outside, 'cache'))).toBe(false);
    link('.cache', outside);
    expect(await tracked()).toBe(false);
  });

  it('can where git keeps a file in it, or keeps it as a file', async () => {
    repository.write(`${CACHE}/file`, 'text');
    repository.commit();
    for (const path of [CACHE, '.cache', '.']) expect(await tracked(path)).toBe(true);
    expect(await tracked(`${CACHE}/file`)).toBe(true);
    expect(await tracked('.cache/tflite')).toBe(false);
  });

  it.each([
    ['a folder that git keeps', 'fake', 'fake/tflite-gate/file'],
    ['nowhere', 'not/there', 'other'],
    ['another link', 'second', 'other'],
  ])('can through a link of git’s to %s', async (_, target, file) => {
    repository.write(file, 'text');
    link('.cache', target);
    link('second', outside);
    repository.commit();
    expect(await tracked()).toBe(true);
  });

  it('can through a link of its own to what git keeps', async () => {
    repository.write('fake/tflite-gate/file', 'text');
    link('second', outside);
    repository.commit();
    link('.cache', 'fake');
    expect(await tracked()).toBe(true);
    link('.other', 'second');
    expect(await tracked('.other/tflite-gate')).toBe(true);
  });

  it('can in a submodule, checked out or not', async () => {
    repository.git('init', '--quiet', outside);
    writeFileSync(join(outside, 'file'), 'text');
    repository.git('-C', outside, 'add', '--all');
    repository.git('-C', outside, 'commit', '--quiet', '--message', 'commit');
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', outside, '.cache');
    repository.commit();
    expect(await tracked()).toBe(true);
    repository.remove('.cache');
    expect(await tracked()).toBe(true);
  });

  it('is told of a folder of the repository as of the top, and of names that git takes for patterns', async () => {
    repository.write('[cache]/file', 'text');
    repository.commit();
    expect(await tracked('[cache]')).toBe(true);
    expect(await tracked('c')).toBe(false);
    expect(await tracked(':(exclude)other')).toBe(false);
    expect(await isTracked(join(repository.root, 'models'), '../[cache]')).toBe(true);
    expect(await isTracked(join(repository.root, 'models'), '../.cache')).toBe(false);
  });

  it('could where git cannot tell', async () => {
    expect(await isTracked(outside, CACHE)).toBe(true);
    repository.write('.git/index', 'broken');
    expect(await tracked()).toBe(true);
  });
});
