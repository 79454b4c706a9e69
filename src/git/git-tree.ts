import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
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

  private constructor(root: string, commit: string, files: readonly TreeFile[]) {
    this.root = root;
    this.commit = commit;
    this.#files = new Map(files.map((file) => [file.path, file]));
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
    return new GitTree(
      root,
      commit,
      files.filter(({ mode }) => mode !== SUBMODULE),
    );
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Files at or below a path. */
  below(path: string): string[] {
    if (path === '.' || path === '') return this.paths;
    return this.paths.filter((file) => file === path || file.startsWith(`${path}/`));
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
   * them: one look says whether anything below a path changed.
   */
  async changedPaths(): Promise<Set<string>> {
    const changed = await runGit(this.root, [
      'diff',
      '--name-only',
      '--no-renames',
      '--relative',
      '-z',
      this.commit,
      '--',
    ]);
    const added = await runGit(this.root, ['ls-files', '--others', '--exclude-standard', '-z']);
    const ignored = await runGit(this.root, ['ls-files', '--others', '--ignored', '--exclude-standard', '-z']);
    if (changed.code !== 0)
      fail('unknown-base', { detail: `The work tree cannot be compared: ${changed.stderr.trim()}.` });
    const paths = new Set<string>();
    for (const { stdout } of [changed, added, ignored]) {
      for (const path of stdout.toString().split('\0').filter(Boolean)) {
        for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
          if (paths.has(path.slice(0, end))) break;
          paths.add(path.slice(0, end));
        }
      }
    }
    if (paths.size > 0) paths.add('.');
    return paths;
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
