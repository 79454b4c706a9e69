// Runs workflows in act, a runner, on this machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './processes.mjs';

/** A token as the runner hands out, by which the toolkit knows the run. */
const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run:job' })).toString('base64url');
const RUNTIME_TOKEN = `e30.${claims}.signature`;
export const TOKEN = 'ghs_TheTokenThatNoLogMayShow';

/**
 * Runs one workflow for an event. Gives the jobs' log, exit status, and the commands of the steps: annotations, outputs
 * and summaries.
 */
export async function act(
  { tools, node, workspace, api, results },
  { event, payload, workflow, env = {}, token = TOKEN, job },
) {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-act-'));
  writeFileSync(join(folder, 'event.json'), JSON.stringify(payload));
  const variables = {
    GITHUB_API_URL: api,
    ACTIONS_CACHE_SERVICE_V2: 'true',
    // Not act's own, which knows an older protocol.
    ACTIONS_CACHE_URL: results,
    ...env,
  };
  const args = [
    event,
    ...['--json', '-W', workflow, '-P', 'ubuntu-latest=-self-hosted', '-e', join(folder, 'event.json')],
    ...[
      '--artifact-server-addr',
      '127.0.0.1',
      '--artifact-server-port',
      String(await freePort()),
      '--artifact-server-path',
      join(folder, 'artifacts'),
    ],
    ...[
      '--no-cache-server',
      '--concurrent-jobs',
      '1',
      '--env-file',
      '/dev/null',
      '--var-file',
      '/dev/null',
      '--secret-file',
      '/dev/null',
    ],
    ...(job === undefined ? [] : ['-j', job]),
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    // Without one, act looks for one of the user's.
    ...['-s', `GITHUB_TOKEN=${token}`],
  ];
  const child = spawn(join(tools.binaries, 'act'), args, {
    cwd: workspace,
    env: {
      PATH: `${dirname(node)}:${process.env.PATH}`,
      HOME: folder,
      ACTIONS_RUNTIME_URL: results,
      ACTIONS_RUNTIME_TOKEN: RUNTIME_TOKEN,
      TZ: 'UTC',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
  }
  const status = await new Promise((resolve) => child.once('close', resolve));
  rmSync(folder, { recursive: true, force: true });
  const lines = text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
  const commands = lines.filter(({ command }) => command !== undefined);
  return {
    status,
    text,
    // The command that tells the runner a secret is the one line that no log has.
    shown: text
      .split('\n')
      .filter((line) => !line.includes('"command":"add-mask"'))
      .join('\n'),
    log: lines.map(({ msg }) => msg).join('\n'),
    outputs: Object.fromEntries(
      lines
        .filter(({ command }) => command === 'set-output')
        .map(({ name, arg, kvPairs }) => [name ?? kvPairs?.name, arg]),
    ),
    summary: commands
      .filter(({ command }) => command === 'summary')
      .map(({ content, arg }) => content ?? arg)
      .join('\n'),
    annotations: commands
      .filter(({ command }) => ['error', 'warning', 'notice'].includes(command))
      .map(({ command, arg, kvPairs }) => ({ severity: command, message: arg, ...kvPairs })),
  };
}
