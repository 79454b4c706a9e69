import { applyOverrides, type Overrides } from '#config/apply-overrides.js';
import { type ExpandedConfig, expandConfig } from '#config/expand-config.js';
import { defaultConfig } from '#config/file/parse-config.js';
import { configFiles, parseConfigBytes } from '#config/read-config.js';
import { type Diagnostic, DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import { findCommit, headCommit, isRepository, parentsOf } from '#git/find-commit.js';
import { GitTree } from '#git/git-tree.js';

/** What a run is compared with. */
export interface BaseRequest {
  /** A commit by any name that git understands, `none`, or undefined for what the run is about. */
  readonly base?: string | undefined;
  /** The commit that the run's event is to be compared with, where `base` says nothing. */
  readonly eventBase?: string | undefined;
  /** The head of the pull request that the event is about, whose merge with the base may be what is checked out. */
  readonly headSha?: string | undefined;
}

export interface FoundBase {
  readonly tree: GitTree | undefined;
  /** Why there is none, or which one it is; one sentence. */
  readonly reason: string;
}

/**
 * The commit to compare with. Throws a DiagnosticError, `unknown-base`, where one is named and cannot be had; that the
 * event's cannot be had is a reason not to compare.
 */
export async function findBase(root: string, { base, eventBase, headSha }: BaseRequest): Promise<FoundBase> {
  if (base === 'none') return { tree: undefined, reason: 'No base was asked for.' };
  if (base !== undefined) return opened(root, base, `It is ${base}.`);
  if (eventBase === undefined) return { tree: undefined, reason: 'No base was named.' };
  if (!(await isRepository(root))) return { tree: undefined, reason: 'This is no git repository.' };
  try {
    // The merge that GitHub checks out has the base as it really is as its first parent; the event's may be older. A
    // merge that the pull request itself has as its head has the pull request's own work there.
    const head = headSha === undefined ? undefined : await headCommit(root);
    const [first, second, ...more] = head === undefined ? [] : await parentsOf(root, head);
    if (first !== undefined && second === headSha && more.length === 0)
      return await opened(root, first, 'It is the first parent of the merge.');
    return await opened(root, eventBase, 'It is the commit that the event names.');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map(({ detail }) => detail).join(' ');
    return { tree: undefined, reason: `The base cannot be had: ${why}` };
  }
}

async function opened(root: string, name: string, reason: string): Promise<FoundBase> {
  return { tree: await GitTree.open(root, await findCommit(root, name)), reason };
}

export interface BaseConfig {
  readonly config: ExpandedConfig | undefined;
  readonly findings: readonly Diagnostic[];
}

const SAVED_MODEL = /(?:^|\/)saved_model\.pb$/;
const IGNORED = /(?:^|\/)(?:node_modules|\.git|\.[^/]*)\//;

/**
 * The base's configuration with its SavedModels; undefined where it has no file. One that cannot be read is told as a
 * finding: a pull request may be what mends it.
 */
export async function baseConfig(
  tree: GitTree,
  file: string | undefined,
  overrides: Overrides,
  only: readonly string[] | undefined,
): Promise<BaseConfig> {
  const paths = new Set(tree.paths);
  const name = (file === undefined ? configFiles : [file]).find((candidate) => paths.has(candidate));
  const folders = tree.paths
    .filter((path) => SAVED_MODEL.test(path) && !IGNORED.test(path))
    .map((path) => path.replace(/\/?saved_model\.pb$/, '') || '.')
    .sort();
  if (name === undefined)
    return { config: expandConfig(applyOverrides(defaultConfig(), overrides), folders, { only }), findings: [] };
  try {
    const config = parseConfigBytes(await tree.read(name), name);
    return { config: expandConfig(applyOverrides(config, overrides), folders, { only }), findings: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const detail = `The base's ${name} is not valid, so the head's limits count: ${error.diagnostics.map((each) => each.detail).join(' ')}`;
    return { config: undefined, findings: [diagnostic('base-config', { detail, locations: [{ file: name }] })] };
  }
}
