import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findSavedModels } from '#config/find-saved-models.js';
import { type FoundModel, initConfig } from '#config/init/init-config.js';
import { initWorkflow, WORKFLOW_FILE } from '#config/init/init-workflow.js';
import { modelNames } from '#config/model-names.js';
import { configFiles } from '#config/read-config.js';
import { fail } from '#diagnostics/diagnostic.js';
import { runGit } from '#git/run-git.js';
import { inspect } from '../inspect.js';

/** The action as workflows name it. */
const ACTION = 'OWNER/tflite-gate@v1';

/**
 * Writes a configuration and a workflow for the SavedModels of a repository, and gives their names. Throws a
 * DiagnosticError where there is one of them already: nothing is written over.
 */
export async function initRepository(root: string): Promise<string[]> {
  const [config] = configFiles;
  for (const file of [...configFiles, WORKFLOW_FILE]) {
    if (existsSync(join(root, file))) {
      fail('invalid-option', {
        detail: `${file} is there already, and is not written over.`,
        locations: [{ file }],
        help: ['Edit it, or delete it first.'],
      });
    }
  }
  const folders = await findSavedModels(root, []);
  const names = modelNames(folders);
  const models = folders.map((folder, i) => foundModel(root, folder, names[i] as string));
  const workflow = initWorkflow({ action: ACTION, branch: await defaultBranch(root), lfs: usesLfs(root) });
  for (const [file, text] of [
    [config, initConfig(models)],
    [WORKFLOW_FILE, workflow],
  ] as const) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { flag: 'wx' });
  }
  return [config, WORKFLOW_FILE];
}

/** What cannot be read is listed all the same: `check` says why. */
function foundModel(root: string, folder: string, name: string): FoundModel {
  try {
    const found = inspect(join(root, folder));
    if (found.kind !== 'saved-model') return { folder, name, signatures: [], bytes: undefined };
    const text = ({ name: tensor, dtype, shape }: (typeof found.signatures)[number]['inputs'][number]) =>
      `${tensor}: ${dtype}[${shape === null ? '…' : shape.map((dim) => dim ?? '?').join(',')}]`;
    return {
      folder,
      name,
      signatures: found.signatures.map(({ key, inputs, outputs }) => ({
        key,
        inputs: inputs.map(text),
        outputs: outputs.map(text),
      })),
      bytes: found.converted?.weightBytes,
    };
  } catch {
    return { folder, name, signatures: [], bytes: undefined };
  }
}

async function defaultBranch(root: string): Promise<string> {
  const { code, stdout } = await runGit(root, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  return code === 0
    ? stdout
        .toString()
        .trim()
        .replace(/^origin\//, '')
    : 'main';
}

function usesLfs(root: string): boolean {
  return existsSync(join(root, '.lfsconfig')) || existsSync(join(root, '.git/lfs'));
}
