import process from 'node:process';

/** What every secret of `withSecrets` holds. */
export const SECRET = 'hush-9f3c2a';

/** Names under which a job of GitHub Actions, and tools that are used in it, keep secrets or let code in. */
export const secretNames: readonly string[] = [
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GITHUB_ENV',
  'GITHUB_OUTPUT',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RUNTIME_URL',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'INPUT_TOKEN',
  'INPUT_GITHUB-TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'NODE_AUTH_TOKEN',
  'TWINE_PASSWORD',
  'UV_PUBLISH_TOKEN',
  'UV_PUBLISH_PASSWORD',
  'SSH_AUTH_SOCK',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'VIRTUAL_ENV',
];

/** Runs something while the environment is full of secrets. */
export async function withSecrets<T>(run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  for (const name of secretNames) process.env[name] = SECRET;
  try {
    return await run();
  } finally {
    process.env = before;
  }
}
