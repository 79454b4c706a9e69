import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import v8 from 'node:v8';
import { Script } from 'node:vm';
import type { Streams } from './streams.js';

// How the bundled command line starts: the fastest way there is, hence one script that imports none of our modules.

/** What a bundled program exports. */
interface Program {
  main(argv: readonly string[], streams: Streams): Promise<number>;
}

/** Each bundled program starts with `// ` and the digest of what follows it, of this many characters. */
const DIGEST = 64;

// By default half of the processor time of a short run goes into optimising code that has little left to do, and the end
// waits for it. Loops that run long are still optimised, some milliseconds later. Later versions have no such flag.
if (process.versions.node.startsWith('20.')) {
  v8.setFlagsFromString('--interrupt-budget=300000');
  // The heap is too small for it to pay.
  v8.setFlagsFromString('--no-incremental-marking');
  // Nearly all that is made stays until the end: to look through the young generation less often is to copy less, and V8,
  // which expects of each such look that it finds something to throw away, looks through the whole heap later. A larger
  // one costs more than it saves: the system hands out each of its pages when it is first touched.
  v8.setFlagsFromString('--semi-space-growth-factor=8');
}

// Some commands need what takes longer to load.
const name = needsAll(process.argv.slice(2)) ? 'full' : 'main';
const file = join(__dirname, `${name}.js`);
const source = readFileSync(file, 'latin1');
const cache = cacheFile(source.slice(3, 3 + DIGEST));
const cachedData = cache === undefined ? undefined : readOwn(cache);
const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) });
const program = { exports: {} as Program };
const start = script.runInThisContext() as (...scope: unknown[]) => void;
start(program.exports, require, program, file, __dirname, (module: string) => import(module));

// Where nothing is waited for any more, Node ends without an error: that is one, unless the command has ended as well.
process.exitCode = 3;
void program.exports.main(process.argv.slice(2), streams()).then((exitCode) => {
  process.exitCode = exitCode;
  if (cache !== undefined && (!cachedData || script.cachedDataRejected)) keep(cache, script.createCachedData());
});

function needsAll([command, ...rest]: readonly string[]): boolean {
  const isLarge = /^(?:debug|check|baseline|plan|merge|report|init)$/.test(command ?? '');
  return isLarge || rest.some((argument) => /^--(?:quantize|recipe|replacements|engine)(?:=|$)/.test(argument));
}

/** The process's streams, made when something is written: that takes as long as reading a small model. */
function streams(): Streams {
  return {
    get out() {
      return tolerant(process.stdout);
    },
    get err() {
      return process.stderr;
    },
    env: process.env,
  };
}

/** A reader that has seen enough, such as `head`, closes the pipe: no error of ours. */
function tolerant(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (stream.listenerCount('error') > 0) return stream;
  return stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

/**
 * Where the compiled code of a program is kept from one start to the next, as `module.enableCompileCache` does from
 * Node 22 on; but not below the folder for temporary files, which others can write to. V8 refuses what another version
 * of it made, or one with other flags. Undefined where there shall be none.
 */
function cacheFile(digest: string): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  const caches: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: LOCALAPPDATA,
    darwin: join(home(), 'Library', 'Caches'),
  };
  const folder = caches[process.platform] ?? XDG_CACHE_HOME ?? join(home(), '.cache');
  return join(folder, 'tflite-gate', 'code', `${name}-${process.version}-${process.arch}-${digest}`);
}

/** As `os.homedir()`, which is loaded only where the environment does not say it. */
function home(): string {
  const { HOME } = process.env;
  if (HOME && process.platform !== 'win32') return HOME;
  return (require('node:os') as typeof import('node:os')).homedir();
}

/** The file's content, if nobody else can have written it: it is code that will run. */
function readOwn(path: string): Buffer | undefined {
  try {
    const { uid, mode } = statSync(dirname(path));
    const foreign = process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o22) !== 0);
    return foreign ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Writes the file in one step, and removes those of earlier versions. A cache that cannot be written is none. */
function keep(path: string, data: Buffer): void {
  const candidate = `${path}.${process.pid}`;
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(candidate, data, { mode: 0o600, flag: 'wx' });
    renameSync(candidate, path);
    const ours = path.slice(folder.length + 1, -DIGEST);
    for (const entry of readdirSync(folder)) {
      if (entry.startsWith(ours) && join(folder, entry) !== path) rmSync(join(folder, entry), { force: true });
    }
  } catch {
    rmSync(candidate, { force: true });
  }
}
