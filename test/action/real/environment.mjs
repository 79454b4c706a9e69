// What the tests on a real runner run with, installed once into the user's cache: packages of npm (package.json), and
// act and actionlint, which Go builds. Afterwards no network is needed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = ['package.json', 'package-lock.json'];
const GO_TOOLS = ['github.com/nektos/act@v0.2.89', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'];

/** Paths of the tools: `modules` is their node_modules, `binaries` the folder of the programs that Go built. */
export function ensureTools() {
  const pins = FILES.map((name) => readFileSync(join(HERE, name), 'utf8')).join('') + GO_TOOLS.join();
  const digest = createHash('sha256').update(pins).digest('hex').slice(0, 12);
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(base, 'tflite-gate', `action-tools-${digest}`);
  const tools = { modules: join(folder, 'node_modules'), binaries: join(folder, 'bin') };
  // Written last: tools whose installation was interrupted have none, and are installed anew.
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return tools;
  console.log(`installing act, Prism, Azurite and Node 24 into ${folder} (about 1 GB, once)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) cpSync(join(HERE, name), join(folder, name));
  try {
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
    for (const tool of GO_TOOLS) run('go', ['install', tool], { env: { ...process.env, GOBIN: tools.binaries } });
  } catch (error) {
    // Where something cannot be installed this is told apart from a failure.
    console.error(`not run, as its tools cannot be installed here: ${error.message}`);
    process.exit(77);
  }
  writeFileSync(marker, `${new Date().toISOString()}\n`);
  return tools;
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (error?.code === 'ENOENT') throw new Error(`${command} is needed for the tests on a real runner: install it`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}
