import { dirname } from 'node:path/posix';
import { glob } from 'tinyglobby';
import { fail } from '#diagnostics/diagnostic.js';

/** Never searched: what tools leave behind, not what people commit. */
const IGNORED = ['**/node_modules/**', '**/.git/**'];

/**
 * Folders of SavedModels below `root`, sorted, relative to it, with `/` between the parts. `patterns` are paths or globs
 * of such folders (or of their `saved_model.pb`); none means every one there is. Throws where a pattern matches nothing.
 */
export async function findSavedModels(root: string, patterns: readonly string[]): Promise<string[]> {
  if (patterns.length === 0) return search(root, '**/saved_model.pb');
  const found = new Set<string>();
  for (const pattern of patterns) {
    const folder = pattern.replaceAll('\\', '/').replace(/\/?(?:saved_model\.pb)?$/, '') || '.';
    const matches = await search(root, `${folder}/saved_model.pb`);
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

async function search(root: string, pattern: string): Promise<string[]> {
  const files = await glob(pattern, { cwd: root, ignore: IGNORED, dot: false, followSymbolicLinks: false });
  return files.map((file) => dirname(file)).sort();
}
