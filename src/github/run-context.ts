import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PullRequest {
  readonly number: number;
  /** Newest commit of the proposed branch. */
  readonly headSha: string;
  /** As the event names it; older than the base really is, if the base moved since. */
  readonly baseSha: string;
  /** Whether the proposed branch is in another repository. */
  readonly isFork: boolean;
}

/** The run that a `workflow_run` event tells of. */
export interface WorkflowRun {
  readonly id: number;
  readonly headSha: string;
  /** `owner/name` of where the proposed branch is; undefined where it was deleted. */
  readonly headRepository: string | undefined;
  /** Name of the event that caused it. */
  readonly event: string;
}

/** What a workflow run is about, as far as it matters here. */
export interface RunContext {
  /** Name of the event: `pull_request`, `push`, `merge_group` and so on; empty outside of GitHub Actions. */
  readonly event: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: PullRequest | undefined;
  readonly workflowRun: WorkflowRun | undefined;
  /** Login of who caused the run. */
  readonly actor: string;
  /** The tag that the run is about: one that was pushed, or that of a release. */
  readonly tag: string | undefined;
  /** What a merge queue would merge into, or a push replaced: a commit to compare with. */
  readonly baseSha: string | undefined;
  /** The commit that is checked out, as the runner says. */
  readonly sha: string;
  readonly workflow: string;
  readonly job: string;
  readonly runId: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** Whether somebody else proposes what is checked out. */
  readonly isProposal: boolean;
  /**
   * Whether the run's token can write to the repository although a fork may have caused it: no code that the run has
   * checked out may run then, whatever a configuration says.
   */
  readonly isPrivileged: boolean;
}

const PRIVILEGED = new Set(['pull_request_target', 'workflow_run', 'issue_comment']);
/** A push that creates a branch replaces nothing. */
const NOTHING = /^0+$/;

/** Reads the runner's environment and its event. An event that cannot be read counts as an empty one. */
export function readRunContext(environment: Environment): RunContext {
  const event = environment['GITHUB_EVENT_NAME'] ?? '';
  const payload = readPayload(environment['GITHUB_EVENT_PATH']);
  const pullRequest = pullRequestOf(payload);
  const before = textAt(payload, 'merge_group', 'base_sha') ?? textAt(payload, 'before');
  return {
    event,
    repository: environment['GITHUB_REPOSITORY'] ?? '',
    pullRequest,
    workflowRun: workflowRunOf(payload),
    actor: environment['GITHUB_ACTOR'] ?? '',
    tag: textAt(payload, 'release', 'tag_name') ?? pushedTag(environment),
    baseSha: before === undefined || NOTHING.test(before) ? undefined : before,
    sha: environment['GITHUB_SHA'] ?? '',
    workflow: environment['GITHUB_WORKFLOW'] ?? '',
    job: environment['GITHUB_JOB'] ?? '',
    runId: environment['GITHUB_RUN_ID'] ?? '',
    serverUrl: environment['GITHUB_SERVER_URL'] ?? 'https://github.com',
    apiUrl: environment['GITHUB_API_URL'] ?? 'https://api.github.com',
    isProposal: pullRequest !== undefined || PRIVILEGED.has(event),
    isPrivileged: PRIVILEGED.has(event),
  };
}

function pullRequestOf(payload: unknown): PullRequest | undefined {
  const number = at(payload, 'pull_request', 'number');
  const headSha = textAt(payload, 'pull_request', 'head', 'sha');
  const baseSha = textAt(payload, 'pull_request', 'base', 'sha');
  if (typeof number !== 'number' || headSha === undefined || baseSha === undefined) return undefined;
  const head = at(payload, 'pull_request', 'head', 'repo', 'full_name');
  // The repository of a deleted fork is null.
  return { number, headSha, baseSha, isFork: head !== at(payload, 'pull_request', 'base', 'repo', 'full_name') };
}

function workflowRunOf(payload: unknown): WorkflowRun | undefined {
  const id = at(payload, 'workflow_run', 'id');
  const headSha = textAt(payload, 'workflow_run', 'head_sha');
  if (typeof id !== 'number' || headSha === undefined) return undefined;
  return {
    id,
    headSha,
    headRepository: textAt(payload, 'workflow_run', 'head_repository', 'full_name'),
    event: textAt(payload, 'workflow_run', 'event') ?? '',
  };
}

function pushedTag(environment: Environment): string | undefined {
  return environment['GITHUB_REF_TYPE'] === 'tag' ? environment['GITHUB_REF_NAME'] : undefined;
}

function readPayload(path: string | undefined): unknown {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function at(value: unknown, ...keys: string[]): unknown {
  let found = value;
  for (const key of keys) found = (found as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return found;
}

function textAt(value: unknown, ...keys: string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}
