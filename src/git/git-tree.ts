import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { ChangedPaths, followLinks, upwards } from './changed-paths.js';
import { linksIn, pathFrom } from './link-trail.js';
import { runGit } from './run-git.js';

interface TreeFile {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';
/** Pointers are a few lines. */
const MOST_POINTER = 1024;
const LINK = '120000';
const SUBMODULE = '160000';

/** The files of a commit. Paths are relative to the repository's top, with `/`. */
export class GitTree {
  readonly root: string;
  readonly commit: string;
  readonly #files: ReadonlyMap<string, TreeFile>;
  readonly #submodules: ReadonlySet<string>;

  private constructor(root: string, commit: string, files: readonly TreeFile[]) {
    this.root = root;
    this.commit = commit;
    this.#files = new Map(files.filter(({ mode }) => mode !== SUBMODULE).map((file) => [file.path, file]));
    this.#submodules = new Set(files.filter(({ mode }) => mode === SUBMODULE).map(({ path }) => path));
  }

  static async open(root: string, commit: string): Promise<GitTree> {
    const { code, stdout, stderr } = await runGit(root, ['ls-tree', '-r', '-z', commit]);
    if (code !== 0) fail('unknown-base', { detail: `The files of ${commit} cannot be listed: ${stderr.trim()}.` });
    const files = stdout
      .toString()
      .split('\0')
      .flatMap((line): TreeFile[] => {
        const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
        return match ? [{ mode: match[1] as string, blob: match[2] as string, path: match[3] as string }] : [];
      });
    return new GitTree(root, commit, files);
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Files at or below a path. */
  below(path: string): string[] {
    return within(this.paths, path);
  }

  /** Symbolic links at or below a path. */
  linksBelow(path: string): string[] {
    return this.below(path).filter((file) => this.#files.get(file)?.mode === LINK);
  }

  /** Submodules at or below a path. Their files are none of this tree's. */
  submodulesBelow(path: string): string[] {
    return within([...this.#submodules], path);
  }

  /** The submodule that a path is or lies in; undefined where there is none. */
  submoduleOf(path: string): string | undefined {
    return upwards(path).find((folder) => this.#submodules.has(folder));
  }

  /** The symbolic link that a path is or leads through; undefined where there is none. */
  linkIn(path: string): string | undefined {
    const parts = path.split('/');
    const prefixes = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    return prefixes.find((prefix) => this.#files.get(prefix)?.mode === LINK);
  }

  /** A file's content, that of LFS included. Throws a DiagnosticError where it is not there or cannot be had. */
  async read(path: string): Promise<Buffer> {
    const file = this.#files.get(path);
    if (!file)
      return fail('file-unreadable', { detail: `${path} is not in ${this.commit}.`, locations: [{ file: path }] });
    const { code, stdout, stderr } = await runGit(this.root, ['cat-file', 'blob', file.blob]);
    if (code !== 0) {
      fail('file-unreadable', {
        detail: `${path} of ${this.commit} cannot be read: ${stderr.trim()}.`,
        locations: [{ file: path }],
      });
    }
    const isPointer = stdout.length <= MOST_POINTER && stdout.toString('latin1').startsWith(LFS_POINTER);
    return isPointer ? this.#fromLfs(path, stdout) : stdout;
  }

  /** Writes the files at or below a path into a folder, under their own paths. Symbolic links are left out. */
  async extract(path: string, folder: string): Promise<void> {
    for (const name of this.below(path)) {
      if (this.#files.get(name)?.mode === LINK) continue;
      const target = join(folder, ...name.split('/'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, await this.read(name));
    }
  }

  /**
   * Paths whose content in the work tree is another one, or that are only in one of the two, and the folders that hold
   * them: one look says whether anything below a path changed. So does a symbolic link that leads to such a path, and
   * whatever is asked for below such a link, or in a submodule that is another one or has changes of its own.
   */
  async changedPaths(): Promise<ReadonlySet<string>> {
    const changed = new ChangedPaths();
    // Names are the top's, as a link can lead out of `root`. The head's .gitmodules may say to ignore submodules.
    const diff = ['-c', 'diff.relative=false', 'diff', '--name-only', '--no-renames', '--ignore-submodules=none', '-z'];
    const top = `/${(await this.#list(['rev-parse', '--show-prefix'])).join('').trimEnd()}`;
    const named = (await this.#list([...diff, this.commit, '--'])).map((path) => posix.relative(top, `/${path}`));
    for (const path of named) {
      changed.mark(path);
      // It says what becomes of files as they are checked out, of which git compares what they were before.
      if (posix.basename(path) === '.gitattributes') changed.mark(posix.dirname(path));
    }
    const others = ['ls-files', '--others', '--exclude-standard', '-z'];
    for (const path of await this.#list(others)) changed.mark(path);
    for (const path of await this.#list([...others, '--ignored'])) changed.mark(path);
    followLinks(changed, this.root, [...this.linksBelow('.'), ...this.#linksInSubmodules()]);
    return changed;
  }

  /** As they are checked out. */
  #linksInSubmodules(): string[] {
    const folders = [...this.#submodules].map((path) => join(this.root, path));
    return folders.flatMap(linksIn).map((link) => pathFrom(this.root, link));
  }

  async #list(args: readonly string[]): Promise<string[]> {
    const { code, stdout, stderr } = await runGit(this.root, args);
    if (code !== 0) fail('unknown-base', { detail: `The work tree cannot be compared: ${stderr.trim()}.` });
    return stdout.toString().split('\0').filter(Boolean);
  }

  async #fromLfs(path: string, pointer: Buffer): Promise<Buffer> {
    const { code, stdout, stderr } = await runGit(this.root, ['lfs', 'smudge', '--', path], pointer);
    if (code === 0 && !stdout.equals(pointer)) return stdout;
    const why = /is not a git command/.test(stderr) ? 'git lfs is not installed' : stderr.trim().split('\n').at(-1);
    return fail('lfs-pointer', {
      detail: `${path} of ${this.commit} is in Git LFS and cannot be had: ${why}.`,
      locations: [{ file: path }],
    });
  }
}

/** Those of some paths that are at or below one. */
function within(paths: string[], path: string): string[] {
  if (path === '.' || path === '') return paths;
  return paths.filter((file) => file === path || file.startsWith(`${path}/`));
}
