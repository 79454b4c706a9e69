import { fail } from '#diagnostics/diagnostic.js';
import { runGit } from './run-git.js';

export { isTracked } from './is-tracked.js';

/** Whether a folder is in a work tree of git's, and git is there. */
export async function isRepository(root: string): Promise<boolean> {
  try {
    const { code, stdout } = await runGit(root, ['rev-parse', '--is-inside-work-tree']);
    return code === 0 && stdout.toString().trim() === 'true';
  } catch {
    return false;
  }
}

/** The commit that is checked out; undefined in a repository without any. */
export async function headCommit(root: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** Parents of a commit as it states them itself: a shallow clone knows their names, but does not have them. */
export async function parentsOf(root: string, commit: string): Promise<string[]> {
  const { code, stdout } = await runGit(root, ['cat-file', 'commit', commit]);
  if (code !== 0) return [];
  const [header = ''] = stdout.toString('latin1').split('\n\n', 1);
  return [...header.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(([, parent]) => parent as string);
}

/**
 * The full name of a commit that is named by anything git understands, fetched by itself where a shallow clone lacks it.
 * Throws a DiagnosticError, `unknown-base`, where there is no such commit, or it cannot be fetched.
 */
export async function findCommit(root: string, name: string): Promise<string> {
  if (name.startsWith('-') || name === '') refuse(name, 'is no name of a commit');
  const known = await resolve(root, name);
  if (known !== undefined) return known;
  const fetched = await runGit(root, ['fetch', '--quiet', '--no-tags', '--depth=1', 'origin', name]);
  const found =
    fetched.code === 0 ? await resolve(root, /^[0-9a-f]{40,64}$/.test(name) ? name : 'FETCH_HEAD') : undefined;
  return found ?? refuse(name, `is not in this repository, and fetching it failed: ${lastLine(fetched.stderr)}`);
}

async function resolve(root: string, name: string): Promise<string | undefined> {
  for (const candidate of [name, `origin/${name}`]) {
    const { code, stdout } = await runGit(root, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${candidate}^{commit}`,
    ]);
    if (code !== 0) continue;
    const commit = stdout.toString().trim();
    // Its files have to be there as well.
    if ((await runGit(root, ['cat-file', '-e', `${commit}^{tree}`])).code === 0) return commit;
  }
  return undefined;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function refuse(name: string, problem: string): never {
  return fail('unknown-base', { detail: `"${name}" ${problem}.` });
}
