import { dirname } from 'node:path/posix';
import { escapePath, glob } from 'tinyglobby';
import { fail } from '#diagnostics/diagnostic.js';

const FILE = 'saved_model.pb';

/** Never searched: what tools leave behind, not what people commit. */
const IGNORED = ['**/node_modules/**', '**/.git/**'];

/**
 * Folders of SavedModels below `root`, sorted, relative to it, with `/` between the parts. `patterns` are paths or globs
 * of such folders (or of their `saved_model.pb`); none means every one there is. Throws where a pattern matches nothing.
 */
export async function findSavedModels(root: string, patterns: readonly string[]): Promise<string[]> {
  if (patterns.length === 0) return search(root, `**/${FILE}`);
  const found = new Set<string>();
  for (const pattern of patterns) {
    const folder = folderOf(pattern);
    // A folder may be named with what a glob gives a meaning to: `models [v2]`.
    const literal = await search(root, `${escapePath(folder)}/${FILE}`);
    const matches = literal.length > 0 ? literal : await search(root, `${folder}/${FILE}`);
    if (matches.length === 0) {
      fail('not-a-saved-model', {
        detail: `"${pattern}" matches no folder with a saved_model.pb.`,
        locations: [{ file: folder }],
        help: ['Check the path against the repository, and that the files are checked out before this step.'],
      });
    }
    for (const match of matches) found.add(match);
  }
  return [...found].sort();
}

function folderOf(pattern: string): string {
  const parts = pattern.replaceAll('\\', '/').split('/');
  if (parts.at(-1) === FILE) parts.pop();
  return parts.join('/').replace(/\/+$/, '') || '.';
}

async function search(root: string, pattern: string): Promise<string[]> {
  const files = await glob(pattern, { cwd: root, ignore: IGNORED, dot: false, followSymbolicLinks: false });
  return files.map((file) => dirname(file)).sort();
}
