import { createHash } from 'node:crypto';
import { createClient, isDenied, type Octokit, ownerAndName, reasonOf } from './client.js';
import type { RunContext } from './run-context.js';

export interface CommentRequest {
  readonly context: RunContext;
  readonly token: string | undefined;
  /** Markdown of at most `COMMENT_LIMIT` characters. */
  readonly body: string;
  /** As `commentKey` gives it. */
  readonly key: string;
  /** The pull request, where the event is not its own. */
  readonly number?: number;
  /** Of the client, see there. */
  readonly second?: number;
}

export interface CommentOutcome {
  /** `skipped`: there is nothing to comment on; `denied`: it could not be done. */
  readonly kind: 'created' | 'updated' | 'denied' | 'skipped';
  readonly url?: string;
  /** What was not done, why, and what helps; plain text. */
  readonly notice?: string;
}

/** Characters that GitHub takes in a comment. */
const GITHUB_LIMIT = 65_536;
/** Who comments with the token that a workflow has by itself. */
const ACTIONS_LOGIN = 'github-actions[bot]';
const KEY = /^[0-9a-f]{16}$/;

/** Characters that the body of a comment may have beside the marker. */
export const COMMENT_LIMIT = GITHUB_LIMIT - marker('0'.repeat(16)).length - 1;

/** Tells the comments of several jobs on one pull request apart. `matrix` is the job's matrix as JSON, if it has one. */
export function commentKey({ workflow, job }: Pick<RunContext, 'workflow' | 'job'>, matrix = ''): string {
  const parts = JSON.stringify([workflow, job, matrix === 'null' ? '' : matrix]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 16);
}

export function isCommentKey(text: unknown): text is string {
  return typeof text === 'string' && KEY.test(text);
}

/**
 * Keeps exactly one comment on the pull request: makes it, or gives the oldest that it made before this body and deletes
 * the others. Does not throw for what GitHub refuses: that is told in a notice.
 */
export async function upsertComment(request: CommentRequest): Promise<CommentOutcome> {
  const { context, token, body, key } = request;
  if (!isCommentKey(key)) throw new Error(`no key of a comment: ${key}`);
  if (body.length > COMMENT_LIMIT) throw new Error(`a comment of ${body.length} characters`);
  const number = request.number ?? context.pullRequest?.number;
  if (number === undefined) {
    const event = context.event === '' ? 'This run' : `The event ${context.event}`;
    return { kind: 'skipped', notice: `${event} is not about a pull request: there is nothing to comment on.` };
  }
  if (!token) {
    return {
      kind: 'denied',
      notice: `No comment on the pull request: the step has no token. ${permissionHelp(context)}`,
    };
  }
  try {
    const client = await createClient({
      context,
      token,
      ...(request.second === undefined ? {} : { second: request.second }),
    });
    return await new Comments(client, context, number, key).keepOne(body);
  } catch (error) {
    const help = isDenied(error) ? ` ${permissionHelp(context)}` : '';
    return { kind: 'denied', notice: `No comment on the pull request: ${reasonOf(error)}.${help}` };
  }
}

interface Comment {
  readonly id: number;
  readonly login: string | undefined;
}

/** The comments with one marker on one pull request. */
class Comments {
  readonly #client: Octokit;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #number: number;
  readonly #marker: string;

  constructor(client: Octokit, context: RunContext, number: number, key: string) {
    this.#client = client;
    this.#place = ownerAndName(context);
    this.#number = number;
    this.#marker = marker(key);
  }

  async keepOne(text: string): Promise<CommentOutcome> {
    const body = `${this.#marker}\n${text}`;
    const marked = await this.#marked();
    const author = marked.length === 0 ? undefined : await this.#author();
    const [oldest, ...others] = marked.filter(({ login }) => login === author);
    if (oldest) return this.#update(oldest, body, others);
    const { data } = await this.#client.rest.issues.createComment({
      ...this.#place,
      issue_number: this.#number,
      body,
    });
    // A token that cannot be asked whose it is tells so by what it writes.
    const [known, ...duplicates] = marked.filter(({ login }) => login !== undefined && login === data.user?.login);
    if (known) return this.#update(known, body, [...duplicates, { id: data.id, login: author }]);
    return { kind: 'created', url: data.html_url };
  }

  async #update({ id }: Comment, body: string, others: readonly Comment[]): Promise<CommentOutcome> {
    const { data } = await this.#client.rest.issues.updateComment({ ...this.#place, comment_id: id, body });
    for (const { id: other } of others) {
      try {
        await this.#client.rest.issues.deleteComment({ ...this.#place, comment_id: other });
      } catch (error) {
        // Another job may have deleted it; one that stays is deleted next time.
        if (!isDenied(error)) throw error;
      }
    }
    return { kind: 'updated', url: data.html_url };
  }

  /** The oldest first. The marker stands at the very start, where no quotation has it. */
  async #marked(): Promise<Comment[]> {
    const found: Comment[] = [];
    const pages = this.#client.paginate.iterator(this.#client.rest.issues.listComments, {
      ...this.#place,
      issue_number: this.#number,
      per_page: 100,
    });
    for await (const { data } of pages) {
      for (const { id, body, user } of data) {
        if (body?.startsWith(this.#marker)) found.push({ id, login: user?.login });
      }
    }
    return found.sort((a, b) => a.id - b.id);
  }

  /** Whose the token is. Tokens of apps, as a workflow's own is one, may not ask. */
  async #author(): Promise<string> {
    try {
      return (await this.#client.rest.users.getAuthenticated()).data.login;
    } catch (error) {
      if (isDenied(error)) return ACTIONS_LOGIN;
      throw error;
    }
  }
}

function marker(key: string): string {
  return `<!-- tflite-gate:${key} -->`;
}

function permissionHelp({ pullRequest, actor, isPrivileged }: RunContext): string {
  const add = 'Give the job "permissions: pull-requests: write"';
  if (isPrivileged || !pullRequest) return `${add}.`;
  if (pullRequest.isFork) {
    return 'Tokens for pull requests from forks only read: post the comment with the comment action of TFLite Gate in a workflow that runs on workflow_run.';
  }
  if (actor === 'dependabot[bot]') {
    return 'Tokens for Dependabot only read: post the comment with the comment action of TFLite Gate in a workflow that runs on workflow_run.';
  }
  return `${add}, and the step its token.`;
}
