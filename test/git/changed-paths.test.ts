import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GitTree } from '#git/git-tree.js';
import { Repository } from '../check/repository.js';

describe('what changed since a commit', () => {
  let repository: Repository;

  beforeEach(() => {
    repository = new Repository('');
    repository.write('shared/variables/data', 'weights');
  });

  afterEach(() => repository.dispose());

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true });
    symlinkSync(target, join(repository.root, path));
  }

  /** Those of the paths that changed since the last commit. */
  async function changedOf(paths: string[], root = repository.root): Promise<string[]> {
    const tree = await GitTree.open(root, repository.git('rev-parse', 'HEAD').trim());
    const changed = await tree.changedPaths();
    return paths.filter((path) => changed.has(path));
  }

  describe('by symbolic links', () => {
    const paths = ['.', 'models', 'models/linked', 'models/linked/variables', 'models/linked/variables/data'];

    it('includes the folders of a link to a folder in which something changed', async () => {
      link('models/linked/variables', '../../shared/variables');
      repository.commit();
      expect(await changedOf(paths)).toEqual([]);
      repository.write('shared/variables/data', 'other');
      expect(await changedOf(paths)).toEqual(paths);
      expect(await changedOf(['models/digits', 'test.npz', 'shared/other'])).toEqual([]);
    });

    it.each([
      ['written', () => repository.write('shared/variables/data', 'other')],
      ['removed', () => repository.remove('shared/variables/data')],
      ['added', () => repository.write('shared/variables/more', 'more')],
    ])('follows links through others to a file that was %s', async (_, change) => {
      link('models/linked/variables', '../../second/inner');
      link('second', 'third/');
      link('third/inner', join(repository.root, 'shared/variables'));
      repository.commit();
      expect(await changedOf(paths)).toEqual([]);
      change();
      expect(await changedOf(paths)).toEqual(paths);
    });

    it('includes a link to a folder that changed by a link in it', async () => {
      link('models/linked', '../middle');
      link('middle/variables', '../shared/variables');
      repository.commit();
      repository.write('shared/variables/data', 'other');
      expect(await changedOf(paths)).toEqual(paths);
    });

    it('includes links through one that leads to another place now', async () => {
      repository.write('shared/others/data', 'other');
      link('shared/current', 'variables');
      link('models/linked/variables', '../../shared/current');
      repository.commit();
      repository.remove('shared/current');
      link('shared/current', 'others');
      expect(await changedOf([...paths, 'shared/current/data'])).toEqual([...paths, 'shared/current/data']);
    });

    it('leaves out links that lead nowhere, in a circle, or out of the repository', async () => {
      link('nowhere', 'not/there');
      link('circle', 'circle');
      link('outside', tmpdir());
      repository.commit();
      repository.write('other/file', 'text');
      // The temporary folder holds the repository itself.
      expect(await changedOf(['nowhere', 'circle', 'outside', 'other'])).toEqual(['outside', 'other']);
    });

    it('follows links out of the folder of the repository that the run is about', async () => {
      link('project/model/variables', '../../shared/variables');
      repository.commit();
      const root = join(repository.root, 'project');
      expect(await changedOf(['.', 'model', 'model/variables'], root)).toEqual([]);
      repository.write('other', 'text');
      expect(await changedOf(['.', 'model', 'model/variables'], root)).toEqual([]);
      repository.write('shared/variables/data', 'other');
      expect(await changedOf(['.', 'model', 'model/variables'], root)).toEqual(['.', 'model', 'model/variables']);
    });
  });

  describe('by submodules', () => {
    const below = ['vendor', 'vendor/models', 'vendor/models/one', 'vendor/models/one/file', 'vendor/models/gone'];
    let origin: string;

    beforeEach(() => {
      origin = mkdtempSync(join(tmpdir(), 'tflite-gate-submodule-'));
      repository.git('init', '--quiet', '--initial-branch=main', origin);
      mkdirSync(join(origin, 'one'));
      writeFileSync(join(origin, 'one/file'), 'one');
      symlinkSync('../../../shared/variables', join(origin, 'one/link'));
      commitIn(origin);
      repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'vendor/models');
      repository.commit();
    });

    afterEach(() => rmSync(origin, { recursive: true }));

    function commitIn(folder: string): void {
      repository.git('-C', folder, 'add', '--all');
      repository.git('-C', folder, 'commit', '--quiet', '--message', 'commit');
    }

    it('has none of its files while it is the same', async () => {
      repository.write('other/file', 'text');
      expect(await changedOf([...below, 'vendor/other'])).toEqual([]);
    });

    it('has all of them when it has changes of its own', async () => {
      repository.write('vendor/models/one/more', 'more');
      expect(await changedOf([...below, 'vendor/modelsother'])).toEqual(below);
    });

    it.each(['none', 'all'])('has all of them when it is at another commit (ignore = %s)', async (ignore) => {
      repository.git('config', '--file', '.gitmodules', 'submodule.vendor/models.ignore', ignore);
      repository.commit();
      repository.write('vendor/models/one/file', 'two');
      commitIn(join(repository.root, 'vendor/models'));
      expect(await changedOf(below)).toEqual(below);
    });

    it('has all of them when it is gone, or was not there', async () => {
      repository.git('rm', '--quiet', '-r', '--cached', 'vendor/models');
      expect(await changedOf(below)).toEqual(below);
      repository.git('commit', '--quiet', '--message', 'without');
      expect(await changedOf(below)).toEqual(below);
      repository.git('reset', '--quiet', 'HEAD~1', '--', 'vendor/models');
      expect(await changedOf(below)).toEqual(below);
    });

    it('has the links in it that lead to something that changed', async () => {
      repository.write('shared/variables/data', 'other');
      const paths = ['vendor', 'vendor/models', 'vendor/models/one', 'vendor/models/one/link'];
      expect(await changedOf([...paths, 'vendor/models/one/file'])).toEqual(paths);
    });

    it('has links to it when it changed', async () => {
      symlinkSync('vendor/models/one', join(repository.root, 'linked'));
      repository.commit();
      expect(await changedOf(['linked'])).toEqual([]);
      repository.write('vendor/models/one/file', 'two');
      expect(await changedOf(['linked', 'linked/file'])).toEqual(['linked', 'linked/file']);
    });

    it('is told by the tree, as links are', async () => {
      symlinkSync('../shared', join(repository.root, 'models/link'));
      const tree = await GitTree.open(repository.root, repository.commit());
      expect(tree.linksBelow('.')).toEqual(['models/link']);
      expect(tree.linksBelow('models/link')).toEqual(['models/link']);
      expect(tree.linksBelow('models/digits')).toEqual([]);
      expect(tree.submodulesBelow('')).toEqual(['vendor/models']);
      expect(tree.submodulesBelow('vendor')).toEqual(['vendor/models']);
      expect(tree.submodulesBelow('models')).toEqual([]);
      expect(tree.submoduleOf('vendor/models/one/file')).toBe('vendor/models');
      expect(tree.submoduleOf('vendor/models')).toBe('vendor/models');
      expect(tree.submoduleOf('vendor')).toBeUndefined();
      expect(tree.paths).not.toContain('vendor/models');
    });
  });

  it('includes what is in an untracked repository within', async () => {
    repository.commit();
    repository.write('nested/model/file', 'text');
    repository.git('init', '--quiet', 'nested');
    repository.git('-C', 'nested', 'add', '--all');
    repository.git('-C', 'nested', 'commit', '--quiet', '--message', 'commit');
    expect(await changedOf(['nested', 'nested/model/file', 'other'])).toEqual(['nested', 'nested/model/file']);
  });
});
