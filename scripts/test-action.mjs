// Runs the bundled actions as GitHub does: the workflows of docs/workflows, in the runner act on Node 24, against an API
// that GitHub's own description checks, and a results service in front of Azurite. Needs no network once its tools are
// installed.
//
//   node scripts/test-action.mjs [--dist DIR] [NAME]…     NAME is a part of the names of the cases to run
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFileSync } from '@swc/core';
import { act, TOKEN } from '../test/action/real/act.mjs';
import { startDescribedApi } from '../test/action/real/described-api.mjs';
import { ensureTools } from '../test/action/real/environment.mjs';
import { startResultsService } from '../test/action/real/results-service.mjs';
import { deriveWorkflow, makeWorkspace } from '../test/action/real/workspace.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const options = { dist: { type: 'string', default: join(root, 'dist') } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const tools = ensureTools();
const node = join(tools.modules, 'node/bin/node');
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-real-'));
const workspace = join(folder, 'workspace');
const results = { passed: 0, failed: 0 };
const STACK = /^\s+at .+:\d+:\d+\)?$/m;

/** Test code in TypeScript, which Node 20 cannot load. */
function importTypeScript(path) {
  const jsc = { target: 'es2022', parser: { syntax: 'typescript' } };
  const { code } = transformFileSync(join(root, path), { swcrc: false, jsc, module: { type: 'es6' } });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

const { GitHubService } = await importTypeScript('test/github/github-service.ts');
const { head, base } = makeWorkspace({ root, workspace, dist: resolve(values.dist) });
const described = await startDescribedApi(tools, node, folder);
const service = await startResultsService(tools, node);

/** Every request is held against GitHub's description; `deny` says which ones are refused all the same. */
async function withGitHub(run, { deny = () => undefined } = {}) {
  const github = await new GitHubService().start();
  const wrong = [];
  github.intercept = async (request) => {
    const answer = await described.check(request);
    if (answer) wrong.push(`${request.method} ${request.path}: ${JSON.stringify(answer.json)}`);
    return answer ?? deny(request, github);
  };
  try {
    const result = await run(github);
    assert.deepEqual(wrong, []);
    return result;
  } finally {
    await github.stop();
  }
}

/** One workflow run: with artifacts of its own, and a log without secrets and stack traces. */
async function runWorkflow(github, name, event, payload, more = {}) {
  service.artifacts.clear();
  const machine = { tools, node, workspace, api: github.url, results: service.url };
  const run = await act(machine, { event, payload, workflow: join('workflows', name), ...more });
  assert(!run.shown.includes(TOKEN), 'the log shows the token');
  assert(!STACK.test(run.log), `the log shows a stack trace:\n${run.log}`);
  return run;
}

const succeeds = (run) => {
  assert.equal(run.status, 0, run.text);
  return run;
};
const noticesOf = ({ annotations }) => annotations.filter(({ severity }) => severity === 'notice');
const repository = { full_name: 'o/r', name: 'r', owner: { login: 'o' }, default_branch: 'main' };

function pullRequest({ from = 'o/r', action = 'opened' } = {}) {
  const pull_request = {
    number: 7,
    head: { sha: head, ref: 'topic', repo: { full_name: from } },
    base: { sha: base, ref: 'main', repo: { full_name: 'o/r' } },
  };
  return { action, number: 7, pull_request, repository };
}

/** A workflow made from another, that for pull requests by default. Gives its name. */
const derived = (name, change, from) => deriveWorkflow(workspace, name, change, from);

function withInput(name, inputs) {
  return derived(name, (text) => text.replace(/uses: \.\/$/m, `uses: ./\n        with: { ${inputs} }`));
}

const denied = ({ method, path }) =>
  method === 'POST' && path.endsWith('/comments')
    ? { status: 403, json: { message: 'Resource not accessible by integration' } }
    : undefined;

async function check(name, run) {
  if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) return;
  const start = performance.now();
  try {
    await run();
    results.passed++;
    console.log(`ok ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    results.failed++;
    console.error(`not ok ${name}\n${error.stack.slice(0, 20_000)}`);
  }
}

/** What a person downloads, by the real toolkit. */
function downloadArtifact({ id, digest }) {
  const target = mkdtempSync(join(folder, 'artifact-'));
  const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run:job' })).toString('base64url');
  const code = `
    import { DefaultArtifactClient } from '@actions/artifact';
    const [, id, path, expectedHash] = process.argv;
    const { digestMismatch } = await new DefaultArtifactClient().downloadArtifact(Number(id), { path, expectedHash });
    if (digestMismatch) throw new Error('another digest');`;
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--input-type=module', '--eval', code, String(id), target, digest], {
      cwd: root,
      env: { ...process.env, ACTIONS_RUNTIME_TOKEN: `e30.${claims}.x`, ACTIONS_RESULTS_URL: service.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.resume();
    child.once('close', (status) =>
      status === 0 ? resolve(target) : reject(new Error(`download: exit code ${status}`)),
    );
  });
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

await check('a pull request, opened and pushed to twice among 130 comments, has one comment, updated twice', () =>
  withGitHub(async (github) => {
    for (let i = 0; i < 130; i++) github.addComment(7, 'somebody', `comment ${i}`);
    for (const action of ['opened', 'synchronize', 'synchronize']) {
      const run = succeeds(await runWorkflow(github, 'pull-request.yml', 'pull_request', pullRequest({ action })));
      assert.deepEqual(run.annotations, []);
      assert.equal(run.outputs.passed, 'true');
      assert.match(run.outputs['comment-url'], /#issuecomment-\d+$/);
      assert.match(run.summary, /Passed/);
    }
    const ours = github.comments.filter(({ login }) => login === 'github-actions[bot]');
    assert.equal(ours.length, 1);
    assert.equal(ours[0].updates, 2);
    assert.match(ours[0].body, /^<!-- tflite-gate:[0-9a-f]{16} -->\n[\s\S]*Passed[\s\S]*int8/);
    assert.equal(github.comments.length, 131);
  }),
);

await check("this repository's own example passes", () =>
  withGitHub(async (github) => {
    const run = succeeds(await runWorkflow(github, 'own-example.yml', 'pull_request', pullRequest()));
    assert.deepEqual(run.annotations, []);
    assert.equal(github.comments.length, 1);
  }),
);

await check('an artifact, downloaded again, has the same bytes', () =>
  withGitHub(async (github) => {
    const run = succeeds(
      await runWorkflow(github, 'pull-request.yml', 'push', {
        before: base,
        after: head,
        ref: 'refs/heads/main',
        repository,
      }),
    );
    const [artifact] = service.artifacts.values();
    const files = await downloadArtifact(artifact);
    const models = JSON.parse(run.outputs.models);
    assert.equal(models.length, 2);
    for (const { file, sha256: digest } of models) {
      assert.equal(sha256(readFileSync(join(files, file.replace(/^tflite-gate\//, '')))), digest);
    }
    assert.equal(JSON.parse(readFileSync(join(files, 'result.json'), 'utf8')).verdict, 'passed');
  }),
);

await check('results are kept for the next run', () =>
  withGitHub(async (github) => {
    service.caches.clear();
    // By default they are in the runner's own folder, which act has anew each time; entries are of their paths.
    const workflow = withInput('cached.yml', 'cache: .cache/results');
    const pushed = { before: base, after: head, ref: 'refs/heads/main', repository };
    const cached = [];
    for (let i = 0; i < 2; i++) {
      succeeds(await runWorkflow(github, workflow, 'push', pushed));
      const files = await downloadArtifact([...service.artifacts.values()][0]);
      const { timing } = JSON.parse(readFileSync(join(files, 'result.json'), 'utf8'));
      cached.push(timing.variants.map((variant) => variant.cached));
    }
    assert.deepEqual(cached, [
      [false, false],
      [true, true],
    ]);
    assert.equal(service.caches.size, 1);
  }),
);

const everyEvent = derived('every-event.yml', (text) =>
  text.replace(
    /^on:[\s\S]*?(?=^permissions)/m,
    'on: [push, merge_group, schedule, workflow_dispatch, pull_request_target]\n',
  ),
);

for (const [event, payload] of [
  ['schedule', { schedule: '17 3 * * 1', repository }],
  ['workflow_dispatch', { inputs: {}, repository }],
  ['push', { before: base, after: head, ref: 'refs/heads/main', repository }],
  [
    'merge_group',
    {
      merge_group: {
        base_sha: base,
        head_sha: head,
        head_ref: 'refs/heads/gh-readonly-queue/main/pr-7',
        base_ref: 'refs/heads/main',
      },
      repository,
    },
  ],
]) {
  await check(`${event} passes without a comment`, () =>
    withGitHub(async (github) => {
      const run = succeeds(await runWorkflow(github, everyEvent, event, payload));
      assert.equal(run.outputs.passed, 'true');
      assert(
        run.annotations.every(({ severity }) => severity === 'notice') && run.annotations.length <= 1,
        JSON.stringify(run.annotations),
      );
      assert.equal(github.requests.length, 0);
    }),
  );
}

for (const [name, payload, env] of [
  ['a fork', pullRequest({ from: 'fork/r' }), {}],
  ['Dependabot', pullRequest(), { GITHUB_ACTOR: 'dependabot[bot]' }],
]) {
  await check(`${name} may not comment: one notice, and the verdict stands`, () =>
    withGitHub(
      async (github) => {
        const run = succeeds(await runWorkflow(github, 'pull-request.yml', 'pull_request', payload, { env }));
        assert.equal(run.outputs.passed, 'true');
        assert.equal(run.annotations.length, 1, JSON.stringify(run.annotations));
        assert.match(noticesOf(run)[0].message, /workflow_run|pull-requests: write/);
        assert.equal(github.comments.length, 0);
      },
      { deny: denied },
    ),
  );
}

await check('a privileged run, as of pull_request_target, comments', () =>
  withGitHub(async (github) => {
    const run = succeeds(await runWorkflow(github, everyEvent, 'pull_request_target', pullRequest({ from: 'fork/r' })));
    assert.deepEqual(run.annotations, []);
    assert.equal(github.comments.length, 1);
  }),
);

await check('what fails by policy fails the job, and says where and why', () =>
  withGitHub(async (github) => {
    const run = await runWorkflow(
      github,
      withInput('failing.yml', 'config: failing.yml'),
      'pull_request',
      pullRequest(),
    );
    assert.equal(run.status, 1);
    assert.equal(run.outputs.passed, 'false');
    const errors = run.annotations.filter(({ severity }) => severity === 'error');
    assert(
      errors.some(({ message }) => message.includes('1 kB allowed')),
      JSON.stringify(run.annotations),
    );
    assert(errors.length <= 10);
    assert.match(github.comments[0].body, /Failed/);
    assert.match(run.summary, /Failed/);
    const lenient = withInput('lenient.yml', 'config: failing.yml, fail-on: none');
    assert.equal(succeeds(await runWorkflow(github, lenient, 'pull_request', pullRequest())).outputs.passed, 'true');
  }),
);

await check('a step without a token says so in one notice', () =>
  withGitHub(async (github) => {
    const run = succeeds(
      await runWorkflow(github, withInput('no-token.yml', "token: ''"), 'pull_request', pullRequest()),
    );
    assert.equal(run.annotations.length, 1, JSON.stringify(run.annotations));
    assert.match(noticesOf(run)[0].message, /token/);
    assert.equal(github.requests.length, 0);
  }),
);

await check('GitHub Enterprise Server takes no artifact: one notice, and the comment is there', () =>
  withGitHub(async (github) => {
    // Its cache speaks another protocol than the one that is here.
    const env = { GITHUB_SERVER_URL: 'https://github.example.com', ACTIONS_CACHE_URL: '' };
    const run = succeeds(await runWorkflow(github, 'pull-request.yml', 'pull_request', pullRequest(), { env }));
    assert.equal(run.annotations.length, 1, JSON.stringify(run.annotations));
    assert.match(run.annotations[0].message, /Enterprise Server/);
    assert.equal(service.artifacts.size, 0);
    assert.equal(github.comments.length, 1);
  }),
);

await check('a fork is commented by a workflow that follows, which checks whose run it was', async () => {
  const saved = await withGitHub(
    async (github) => {
      succeeds(await runWorkflow(github, 'pull-request.yml', 'pull_request', pullRequest({ from: 'fork/r' })));
      return downloadArtifact([...service.artifacts.values()][0]);
    },
    { deny: denied },
  );
  cpSync(saved, join(workspace, 'tflite-gate'), { recursive: true });
  // What the runner copies.
  writeFileSync(join(workspace, '.gitignore'), '');
  const workflow_run = { id: 5, event: 'pull_request', head_sha: head, head_repository: { full_name: 'fork/r' } };
  const payload = { action: 'completed', workflow_run, repository };
  try {
    await withGitHub(async (github) => {
      github.pulls.set(7, { sha: head, repository: 'fork/r' });
      const run = succeeds(await runWorkflow(github, 'fork-comment.yml', 'workflow_run', payload));
      assert.match(run.outputs['comment-url'], /#issuecomment-\d+$/);
      assert.match(github.comments[0].body, /Passed/);
    });
    await withGitHub(async (github) => {
      github.pulls.set(7, { sha: base, repository: 'fork/r' });
      const run = succeeds(await runWorkflow(github, 'fork-comment.yml', 'workflow_run', payload));
      assert.equal(noticesOf(run).length, 1);
      assert.equal(github.comments.length, 0);
    });
  } finally {
    rmSync(join(workspace, 'tflite-gate'), { recursive: true });
    writeFileSync(join(workspace, '.gitignore'), 'tflite-gate/\n');
  }
});

await check('a run that several jobs share is judged and shown as one', async () => {
  const shares = await withGitHub(async (github) => {
    succeeds(await runWorkflow(github, 'matrix.yml', 'pull_request', pullRequest(), { job: 'check' }));
    assert.equal(github.requests.length, 0);
    return Promise.all([...service.artifacts.values()].map(downloadArtifact));
  });
  assert(shares.length > 1, `${shares.length} shares`);
  for (const [i, share] of shares.entries()) cpSync(share, join(workspace, 'shards', String(i)), { recursive: true });
  // The jobs before are done.
  const merge = derived('merge.yml', (text) => text.replace('    needs: check\n', ''), 'matrix.yml');
  try {
    await withGitHub(async (github) => {
      const run = succeeds(await runWorkflow(github, merge, 'pull_request', pullRequest(), { job: 'merge' }));
      assert.deepEqual(run.annotations, []);
      assert.match(run.summary, /Passed[\s\S]*int8/);
      assert.equal(github.comments.length, 1);
      assert.match(github.comments[0].body, /float32[\s\S]*int8/);
    });
  } finally {
    rmSync(join(workspace, 'shards'), { recursive: true });
  }
});

const tagged = { ref: 'refs/tags/v1.0.0', before: '0'.repeat(40), after: head, repository };

function expectComplete(github) {
  assert.equal(github.releases.length, 1);
  const [{ draft, assets, tag, body }] = github.releases;
  assert.equal(draft, false);
  assert.equal(tag, 'v1.0.0');
  assert.match(body, /int8/);
  const contents = new Map(assets.map(({ name, content }) => [name, content]));
  assert.equal(contents.size, assets.length);
  assert.deepEqual([...contents.keys()].sort(), [
    'SHA256SUMS',
    'digits-float32.tflite',
    'digits-int8.tflite',
    'digits.json',
  ]);
  const sums = contents
    .get('SHA256SUMS')
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('  '));
  assert.equal(sums.length, 3);
  for (const [digest, name] of sums) assert.equal(sha256(contents.get(name)), digest);
}

const release = (github) =>
  runWorkflow(github, 'release.yml', 'push', tagged, {
    env: { GITHUB_REF: tagged.ref, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.0.0' },
  });

await check('a release, fresh and repeated, is complete and immutable', () =>
  withGitHub(async (github) => {
    github.immutable = true;
    const run = succeeds(await release(github));
    assert.equal(run.outputs.published, 'true');
    expectComplete(github);
    const before = JSON.stringify(github.releases);
    succeeds(await release(github));
    assert.equal(JSON.stringify(github.releases), before);
  }),
);

await check('a release that was interrupted after its first asset is completed', () => {
  let uploads = 0;
  let broken = true;
  const deny = ({ method, path }) =>
    broken && method === 'POST' && path.endsWith('/assets') && ++uploads > 1
      ? { status: 400, json: { message: 'broken' } }
      : undefined;
  return withGitHub(
    async (github) => {
      assert.equal((await release(github)).status, 1);
      assert.equal(github.releases[0].assets.length, 1);
      assert.equal(github.releases[0].draft, true);
      broken = false;
      succeeds(await release(github));
      expectComplete(github);
    },
    { deny },
  );
});

await check('a release that two jobs make at a time is complete', () =>
  withGitHub(async (github) => {
    for (const run of await Promise.all([release(github), release(github)])) succeeds(run);
    expectComplete(github);
  }),
);

await check('the first line of its own log comes within 0.7 s', async () => {
  const first = () =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const env = {
        ...process.env,
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_PATH: '',
        'INPUT_ARTIFACT-NAME': 'none',
        GITHUB_OUTPUT: '',
        GITHUB_STEP_SUMMARY: '',
      };
      delete env.GITHUB_STEP_SUMMARY;
      const child = spawn(node, [join(workspace, 'dist/index.mjs')], {
        cwd: workspace,
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout.once('data', () => {
        resolve((performance.now() - start) / 1000);
        child.kill();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error('the action says nothing')));
    });
  const times = [];
  // Other processes may keep the machine busy: one start that is fast shows that it can be.
  while (times.length < 10 && !(times.at(-1) < 0.7)) times.push(await first());
  rmSync(join(workspace, 'tflite-gate'), { recursive: true, force: true });
  console.log(`   ${times.map((time) => time.toFixed(2)).join(', ')} s`);
  assert(times.at(-1) < 0.7);
});

await check('actionlint has nothing to say', () => {
  // There, as `uses: ./` is looked into.
  cpSync(join(root, '.github/workflows'), join(workspace, '.github/workflows'), { recursive: true });
  cpSync(join(root, 'docs/workflows'), join(workspace, 'docs/workflows'), { recursive: true });
  const files = ['.github/workflows', 'docs/workflows'].flatMap((place) =>
    readdirSync(join(workspace, place)).map((name) => join(workspace, place, name)),
  );
  const { status, stdout, stderr } = spawnSync(
    join(tools.binaries, 'actionlint'),
    ['-no-color', '-shellcheck=', '-pyflakes=', ...files],
    { cwd: workspace, encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout + stderr);
});

if (positionals.length === 0) {
  await check("GitHub's description was asked about every request", () => assert(described.checked() > 80));
}
await service.stop();
await described.stop();
rmSync(folder, { recursive: true, force: true });
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed === 0 ? 0 : 1;
