import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';

/** How TensorFlow is run. */
export interface TensorFlowSettings {
  /** A Python: its path, or its name on the PATH. Default: `python3`, on Windows `python`. */
  readonly python?: string | undefined;
  /** `auto`: TensorFlow is installed into an environment of this tool's own, by that Python. Default: none. */
  readonly setup?: 'none' | 'auto' | undefined;
  /** What one model may take, in milliseconds, without setting up. Default: 30 minutes. */
  readonly timeLimitMs?: number | undefined;
  /** Bytes of memory that the process may take; Linux only. Default: no limit. */
  readonly memory?: number | undefined;
}

export const TIME_LIMIT_MS = 1_800_000;

const isWindows = process.platform === 'win32';

export function pythonName({ python }: TensorFlowSettings): string {
  return python ?? (isWindows ? 'python' : 'python3');
}

/** The path of a program, looked for on the PATH unless it is a path; undefined where there is none. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const endings = isWindows ? ['', '.exe'] : [''];
  const folders = /[\\/]/.test(name) ? [''] : path.split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    for (const ending of endings) {
      const file = resolve(join(folder, name) + ending);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * All of the environment that a Python with models in it gets: no tokens, no home, no user's packages. What the
 * operating system needs to start programs is passed on.
 */
export function scrubbedEnvironment(python: string, home: string): NodeJS.ProcessEnv {
  const { SystemRoot = '', LD_LIBRARY_PATH } = process.env;
  const system = isWindows ? [join(SystemRoot, 'System32')] : ['/usr/bin', '/bin'];
  return {
    PATH: [dirname(python), ...system].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    TMP: home,
    LANG: 'C.UTF-8',
    // Errors only: what else TensorFlow says at its start would hide them.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // No graphics card: results on the processor are the same everywhere.
    CUDA_VISIBLE_DEVICES: '-1',
    ...(isWindows ? { SystemRoot } : {}),
    // Pythons that are not installed system-wide find their own library by it.
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
  };
}
