// GitHub's own description of its REST API, against which Prism holds every request.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServer } from './processes.mjs';

const REPOSITORY = '/repos/{owner}/{repo}';
/** What the action calls. The whole description takes Prism most of a minute. */
const PATHS = [
  '/user',
  `${REPOSITORY}/pulls/{pull_number}`,
  `${REPOSITORY}/issues/{issue_number}/comments`,
  `${REPOSITORY}/issues/comments/{comment_id}`,
  `${REPOSITORY}/releases`,
  `${REPOSITORY}/releases/{release_id}`,
  `${REPOSITORY}/releases/{release_id}/assets`,
  `${REPOSITORY}/releases/assets/{asset_id}`,
];
const COMMENT_LIMIT = 65_536;

/** Starts Prism. `check` gives undefined for a request that is as described, else Prism's answer. */
export async function startDescribedApi({ modules }, node, folder) {
  const whole = JSON.parse(readFileSync(join(modules, '@octokit/openapi/generated/api.github.com.json'), 'utf8'));
  const file = join(folder, 'github.json');
  writeFileSync(file, JSON.stringify(cut(whole)));
  const port = await freePort();
  const prism = join(modules, '@stoplight/prism-cli/dist/index.js');
  const stop = await startServer('Prism', node, [prism, 'mock', file, '--port', String(port)], port);
  let checked = 0;

  async function check({ method, path, query, headers, body }) {
    // Uploads have a host of their own, and Prism knows one.
    const sent = Object.fromEntries(
      ['authorization', 'content-type'].flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])),
    );
    // The media types of GitHub's clients are not in its description.
    const response = await fetch(`http://127.0.0.1:${port}${path}?${query}`, {
      method,
      headers: { ...sent, accept: path.includes('/releases/assets/') ? '*/*' : 'application/json' },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body }),
    });
    checked++;
    // What is as described is answered with the first good example.
    if (response.status < 400) return undefined;
    const json = { message: 'not as described', violations: response.headers.get('sl-violations') };
    return { status: response.status, json };
  }

  // A check that refuses nothing would prove nothing.
  const wrong = {
    method: 'POST',
    path: '/repos/o/r/issues/7/comments',
    query: '',
    headers: { authorization: 'token x', 'content-type': 'application/json' },
  };
  assert.equal((await check({ ...wrong, body: JSON.stringify({ body: 7 }) }))?.status, 422);
  assert.equal((await check({ ...wrong, body: JSON.stringify({ body: 'x'.repeat(COMMENT_LIMIT + 1) }) }))?.status, 422);
  assert.equal(await check({ ...wrong, body: JSON.stringify({ body: 'text' }) }), undefined);
  return { check, stop, checked: () => checked };
}

function cut({ openapi, info, paths, components }) {
  const kept = structuredClone(Object.fromEntries(PATHS.map((path) => [path, paths[path]])));
  for (const path of Object.keys(kept)) assert(kept[path], `GitHub's description has no ${path}`);
  // What GitHub does but does not describe.
  for (const [path, method] of [
    [PATHS[2], 'post'],
    [PATHS[3], 'patch'],
  ]) {
    kept[path][method].requestBody.content['application/json'].schema.properties.body.maxLength = COMMENT_LIMIT;
  }
  for (const operations of Object.values(kept)) delete operations.servers;
  for (const operations of Object.values(kept))
    for (const operation of Object.values(operations)) delete operation.servers;
  const used = {};
  collect(kept, components, used);
  return { openapi, info, paths: kept, components: used };
}

/** Copies the components that a part refers to, and those that they refer to. */
function collect(part, components, used) {
  if (typeof part !== 'object' || part === null) return;
  if (typeof part.$ref === 'string') {
    const [, , kind, name] = part.$ref.split('/');
    used[kind] ??= {};
    if (used[kind][name] !== undefined) return;
    used[kind][name] = components[kind][name];
    collect(used[kind][name], components, used);
    return;
  }
  for (const inner of Object.values(part)) collect(inner, components, used);
}
