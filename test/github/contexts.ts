import { type RunContext, readRunContext } from '#github/run-context.js';

/** As the runner sets them for a pull request of the repository itself, on a server at `apiUrl`. */
export function contextAt(apiUrl: string, more: Partial<RunContext> = {}): RunContext {
  const plain = readRunContext({ GITHUB_API_URL: apiUrl, GITHUB_REPOSITORY: 'o/r', GITHUB_EVENT_NAME: 'pull_request' });
  const pullRequest = { number: 7, headSha: 'h', baseSha: 'b', isFork: false };
  return { ...plain, workflow: 'Models', job: 'gate', runId: '5', pullRequest, isProposal: true, ...more };
}
