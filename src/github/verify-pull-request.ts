import { createClient, isDenied, ownerAndName, reasonOf } from './client.js';
import type { RunContext } from './run-context.js';

export interface VerificationRequest {
  readonly context: RunContext;
  readonly token: string;
  /** As somebody else's code may have stated it. */
  readonly number: number;
  /** Of the client, see there. */
  readonly second?: number;
}

/**
 * Whether a pull request's newest commit is what the workflow run of a `workflow_run` event ran for. The run may be of a
 * fork's code, which can state any number; what GitHub says of the run is not its to state. Undefined where it is so,
 * else why not.
 */
export async function whyNotPullRequest(request: VerificationRequest): Promise<string | undefined> {
  const { context, token, number, second } = request;
  const run = context.workflowRun;
  if (!run) return `The event ${context.event} does not tell of a workflow run.`;
  if (run.event !== 'pull_request') return `The workflow run was caused by ${run.event}, not by a pull request.`;
  try {
    const client = await createClient({ context, token, ...(second === undefined ? {} : { second }) });
    const { data } = await client.rest.pulls.get({ ...ownerAndName(context), pull_number: number });
    const { sha, repo } = data.head;
    if (repo?.full_name !== run.headRepository) return `Pull request ${number} is not from where the workflow run is.`;
    if (sha === run.headSha) return undefined;
    return `Pull request ${number} has another commit now than the workflow run: the run for that one comments.`;
  } catch (error) {
    const help = isDenied(error) ? ' Give the job "permissions: pull-requests: write".' : '';
    return `Pull request ${number} cannot be looked up: ${reasonOf(error)}.${help}`;
  }
}
