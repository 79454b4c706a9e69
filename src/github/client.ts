import type { RunContext } from './run-context.js';

type GitHub = typeof import('@actions/github');
export type Octokit = ReturnType<GitHub['getOctokit']>;

export interface ClientOptions {
  readonly context: Pick<RunContext, 'apiUrl'>;
  readonly token: string;
  /** Milliseconds that stand for a second of waiting between tries; tests make it short. */
  readonly second?: number;
}

/** A step does not wait longer than this, in seconds, for a rate limit to end. */
const PATIENCE = 90;
const RETRIES = 3;
const silent = () => {};
const quiet = { debug: silent, info: silent, warn: silent, error: silent };

/**
 * A client of GitHub's REST API. Server errors and rate limits are tried again, the latter after the time that GitHub
 * asks for where that is short. Nothing is logged. Loaded when first used, as it is a large part of the start-up.
 */
export async function createClient({ context, token, second = 1000 }: ClientOptions): Promise<Octokit> {
  const [{ getOctokit }, { retry }] = await Promise.all([import('@actions/github'), import('@octokit/plugin-retry')]);
  return getOctokit(
    token,
    {
      // The toolkit's own default is what the environment held when it was loaded.
      baseUrl: context.apiUrl,
      log: quiet,
      retry: {
        retries: RETRIES,
        retryAfterBaseValue: second,
        doNotRetry: [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 451],
      },
    },
    // Before the other, which retries what it finds marked.
    refineRequests,
    retry,
  );
}

interface RequestError extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
  request?: { request?: object };
}

type Hook = {
  before(name: 'request', hook: (options: { request?: object }) => void): void;
  error(name: 'request', hook: (error: Error) => never): void;
};

/**
 * Marks what a rate limit refused to be tried again by `@octokit/plugin-retry`, which itself takes all 403s as final. And
 * has the logger of the client count for single requests as well, which warn on the console otherwise.
 */
function refineRequests({ hook }: { readonly hook: Hook }): object {
  hook.before('request', (options) => {
    options.request = { ...options.request, log: quiet };
  });
  hook.error('request', (error: RequestError) => {
    const seconds = secondsToWait(error, Date.now() / 1000);
    if (seconds !== undefined && seconds <= PATIENCE && error.request) {
      error.request.request = { ...error.request.request, retries: RETRIES, retryAfter: seconds };
    }
    throw error;
  });
  return {};
}

/**
 * Seconds until GitHub takes requests again; undefined where something else than a rate limit refused this one.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function secondsToWait({ status, message, response }: RequestError, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const {
    'retry-after': after,
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': reset,
  } = response?.headers ?? {};
  if (after !== undefined) return Math.max(1, Number(after) || 1);
  if (String(remaining) === '0') return Math.max(1, Math.ceil(Number(reset) - now) || 1);
  return status === 429 || /rate limit/i.test(message) ? PATIENCE / RETRIES : undefined;
}

/** HTTP status of an error of the client's; undefined for other errors. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}

/** Whether a request was refused because of who asked. GitHub answers 404 where even the existence is a secret. */
export function isDenied(error: unknown): boolean {
  return [401, 403, 404].includes(statusOf(error) ?? 0);
}

/** One line of an error, short enough for a notice; GitHub's own word where it gave one. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 300);
  return status === undefined ? line : `${line} (HTTP ${status})`;
}

export function ownerAndName({ repository }: Pick<RunContext, 'repository'>): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}
