import { isAbsolute, relative, resolve } from 'node:path';
import type { GateConfig } from '#config/protect/gate-of.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { TensorFlowSettings } from '../engines/tensorflow/python-settings.js';

/**
 * How TensorFlow is run by a configuration. Throws a DiagnosticError, `code-not-allowed`, for a Python below `root`, which
 * whoever proposes a change could bring along, unless that is one's own or code may run.
 */
export function tensorflowSettings(
  { python, engineSetup, engineTimeLimit, engineMemory, allowCode, file }: GateConfig,
  root: string,
  isOwn: boolean,
): TensorFlowSettings {
  const isPath = python !== undefined && /[\\/]/.test(python);
  const path = isPath ? resolve(root, python) : python;
  if (path !== undefined && isPath && isInside(root, path) && !isOwn && !allowCode) {
    fail('code-not-allowed', {
      detail: `The Python ${python} lies in the repository.`,
      locations: file === undefined ? [] : [{ file }],
      help: ['Make the environment outside of the repository, in GitHub Actions below `$RUNNER_TEMP`.'],
    });
  }
  return { python: path, setup: engineSetup, timeLimitMs: engineTimeLimit * 1000, memory: engineMemory };
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && !/^\.\.(?:[\\/]|$)/.test(way);
}
