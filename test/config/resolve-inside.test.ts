import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { resolveInside } from '#config/resolve-inside.js';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'resolve-inside-')));
const root = join(top, 'repository');
mkdirSync(join(root, 'data'), { recursive: true });
mkdirSync(join(root, '.git'));
mkdirSync(join(top, 'repository-2'));
writeFileSync(join(root, 'data/a.npz'), '');
writeFileSync(join(top, 'secret'), '');
symlinkSync('data', join(root, 'link'));
symlinkSync(join(root, 'data/a.npz'), join(root, 'absolute'));
symlinkSync('..', join(root, 'up'));
symlinkSync('../../secret', join(root, 'data/secret'));
symlinkSync('/etc', join(root, 'etc'));
symlinkSync('../repository-2', join(root, 'sibling'));
symlinkSync('../nowhere/x', join(root, 'dangling'));
symlinkSync('data/new', join(root, 'dangling-inside'));
symlinkSync('.git', join(root, 'git'));
symlinkSync('loop-b', join(root, 'loop-a'));
symlinkSync('loop-a', join(root, 'loop-b'));
afterAll(() => rmSync(top, { recursive: true }));

describe('resolveInside', () => {
  test.each([
    'data/a.npz',
    './data',
    '.',
    'data/not/there',
    'link/a.npz',
    'link/new.npz',
    'absolute',
    'dangling-inside',
    'a..b',
    'data\\a.npz',
  ])('takes %s', (path) => {
    expect(resolveInside(root, path)).toBe(join(root, path.replaceAll('\\', '/')));
  });

  test.each([
    '..',
    '../secret',
    'data/../../secret',
    'data\\..\\..\\secret',
    '/etc/passwd',
    '\\server\\share',
    'C:\\data',
    'c:data',
    '~/x',
    '.git/config',
    'data/.GIT/config',
    'a\0b',
    'up/secret',
    'up',
    'up/not/there',
    'data/secret',
    'etc/passwd',
    'sibling',
    'sibling/x',
    'dangling',
    'dangling/y',
    'git/config',
    'git',
    'loop-a',
    'loop-a/x',
  ])('refuses %j', (path) => {
    expect(() => resolveInside(root, path)).toThrow(/Invalid configuration/);
  });

  test('a root behind a link is a root', () => {
    symlinkSync(root, join(top, 'alias'));
    expect(resolveInside(join(top, 'alias'), 'data/a.npz')).toBe(join(root, 'data/a.npz'));
  });
});
