import { type SpawnOptions, spawn } from 'node:child_process';

/** How a git command ended. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A repository may bring settings of its own: none that runs something counts. */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'];

/** Runs git without a shell. Rejects only where there is no git; a command that fails has another code than 0. */
export function runGit(root: string, args: readonly string[], input?: Uint8Array): Promise<GitResult> {
  const options: SpawnOptions = {
    cwd: root,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  };
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...SAFE, ...args], options);
    const [stdout, stderr]: Buffer[][] = [[], []];
    child.stdout?.on('data', (chunk: Buffer) => stdout?.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr?.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout ?? []), stderr: Buffer.concat(stderr ?? []).toString() });
    });
    // A command that reads nothing closes its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
