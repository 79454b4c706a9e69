import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredComment {
  readonly id: number;
  readonly issue: number;
  readonly login: string;
  body: string;
  updates: number;
}

export interface StoredAsset {
  readonly id: number;
  readonly name: string;
  readonly state: 'uploaded' | 'starter';
  readonly content: Buffer;
}

export interface StoredRelease {
  readonly id: number;
  readonly tag: string;
  body: string;
  draft: boolean;
  immutable: boolean;
  publishedAt: string | null;
  assets: StoredAsset[];
}

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly content?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Pull {
  readonly sha: string;
  readonly repository: string;
}

const at = '2026-01-01T00:00:00Z';
const refused = (status: number, message: string): ServiceAnswer => ({
  status,
  json: { message, status: `${status}` },
});

/**
 * The part of GitHub's REST API that is used, with its state: one repository `o/r` with pull requests, comments and
 * releases. `intercept` answers first: it denies, fails, or checks requests.
 */
export class GitHubService {
  readonly comments: StoredComment[] = [];
  readonly releases: StoredRelease[] = [];
  readonly pulls = new Map<number, Pull>();
  readonly requests: string[] = [];
  /** Who comments; tokens that may ask whose they are belong to a person. */
  login = 'github-actions[bot]';
  mayAsk = false;
  /** Whether releases cannot be changed once they are published. */
  immutable = false;
  intercept: (request: ServiceRequest) => ServiceAnswer | undefined | Promise<ServiceAnswer | undefined> = () =>
    undefined;
  url = '';
  #id = 1000;
  #server = createServer((request, response) => {
    this.#answer(request).then(
      ({ status, json, content, headers }) => {
        const type = content ? 'application/octet-stream' : 'application/json; charset=utf-8';
        response.writeHead(status, { 'content-type': type, ...headers });
        response.end(content ?? (json === undefined ? '' : JSON.stringify(json)));
      },
      (error: Error) => response.writeHead(500).end(error.stack),
    );
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addComment(issue: number, login: string, body: string): StoredComment {
    const comment = { id: this.#id++, issue, login, body, updates: 0 };
    this.comments.push(comment);
    return comment;
  }

  addRelease(tag: string, draft = true, body = ''): StoredRelease {
    const id = this.#id++;
    const publishedAt = draft ? null : new Date(id * 1e6).toISOString();
    const release = { id, tag, body, draft, immutable: !draft && this.immutable, publishedAt, assets: [] };
    this.releases.push(release);
    return release;
  }

  addAsset(
    release: StoredRelease,
    name: string,
    content: Buffer,
    state: StoredAsset['state'] = 'uploaded',
  ): StoredAsset {
    const asset = { id: this.#id++, name, state, content };
    release.assets.push(asset);
    return asset;
  }

  async #answer(incoming: IncomingMessage): Promise<ServiceAnswer> {
    const url = new URL(incoming.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = 'GET', headers } = incoming;
    const request = { method, path: url.pathname, headers, query: url.searchParams, body: Buffer.concat(chunks) };
    this.requests.push(`${method} ${url.pathname}`);
    const intercepted = await this.intercept(request);
    if (intercepted) return intercepted;
    if (!/^(token|bearer) ./i.test(headers.authorization ?? '')) return refused(401, 'Requires authentication');
    if (url.pathname === '/user') {
      return this.mayAsk
        ? { status: 200, json: { login: this.login } }
        : refused(403, 'Resource not accessible by integration');
    }
    const [, place, id, part, more] =
      /^\/repos\/o\/r\/(issues\/comments|issues|pulls|releases\/assets|releases)(?:\/(\d+))?(?:\/(\w+))?(\/.*)?$/.exec(
        url.pathname,
      ) ?? [];
    if (place === undefined || more !== undefined) return refused(404, 'Not Found');
    const number = Number(id);
    if (place === 'pulls') return this.#pull(number);
    if (place === 'issues/comments') return this.#changeComment(request, number);
    if (place === 'issues') return this.#ofIssue(request, number);
    if (place === 'releases/assets') return this.#ofAsset(request, number);
    return part === 'assets'
      ? this.#assetsOf(request, number)
      : this.#ofRelease(request, id === undefined ? undefined : number);
  }

  #pull(number: number): ServiceAnswer {
    const pull = this.pulls.get(number);
    if (!pull) return refused(404, 'Not Found');
    return { status: 200, json: { number, head: { sha: pull.sha, repo: { full_name: pull.repository } } } };
  }

  #ofIssue(request: ServiceRequest, issue: number): ServiceAnswer {
    if (request.method === 'GET') {
      const found = this.comments.filter((comment) => comment.issue === issue);
      return this.#page(
        request,
        found.map((comment) => this.#commentJson(comment)),
      );
    }
    const { body } = JSON.parse(request.body.toString());
    if (body.length > 65_536) return refused(422, 'Body is too long (maximum is 65536 characters)');
    return { status: 201, json: this.#commentJson(this.addComment(issue, this.login, body)) };
  }

  #changeComment({ method, body }: ServiceRequest, id: number): ServiceAnswer {
    const comment = this.comments.find((each) => each.id === id);
    if (!comment) return refused(404, 'Not Found');
    if (method === 'DELETE') {
      this.comments.splice(this.comments.indexOf(comment), 1);
      return { status: 204 };
    }
    comment.body = JSON.parse(body.toString()).body;
    comment.updates++;
    return { status: 200, json: this.#commentJson(comment) };
  }

  #commentJson({ id, issue, login, body }: StoredComment): object {
    const html = `https://github.com/o/r/pull/${issue}#issuecomment-${id}`;
    return {
      id,
      body,
      html_url: html,
      user: { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' },
      created_at: at,
    };
  }

  #ofRelease(request: ServiceRequest, id: number | undefined): ServiceAnswer {
    const { method, body } = request;
    if (id === undefined) {
      if (method === 'GET')
        return this.#page(
          request,
          [...this.releases].reverse().map((each) => this.#releaseJson(each)),
        );
      const { tag_name: tag, draft, body: text } = JSON.parse(body.toString());
      return { status: 201, json: this.#releaseJson(this.addRelease(tag, draft === true, text ?? '')) };
    }
    const release = this.releases.find((each) => each.id === id);
    if (!release) return refused(404, 'Not Found');
    if (method === 'DELETE') {
      this.releases.splice(this.releases.indexOf(release), 1);
      return { status: 204 };
    }
    if (method === 'PATCH') {
      const { draft, body: text } = JSON.parse(body.toString());
      if (text !== undefined) release.body = text;
      if (draft === false && release.draft) {
        Object.assign(release, { draft: false, immutable: this.immutable, publishedAt: new Date().toISOString() });
      }
    }
    return { status: 200, json: this.#releaseJson(release) };
  }

  #assetsOf(request: ServiceRequest, id: number): ServiceAnswer {
    const release = this.releases.find((each) => each.id === id);
    if (!release) return refused(404, 'Not Found');
    if (request.method === 'GET')
      return this.#page(
        request,
        release.assets.map((asset) => this.#assetJson(asset)),
      );
    if (release.immutable) return refused(422, 'Cannot upload assets to an immutable release.');
    const name = request.query.get('name') ?? '';
    if (release.assets.some((asset) => asset.name === name)) {
      const errors = [{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }];
      return { status: 422, json: { message: 'Validation Failed', errors } };
    }
    return { status: 201, json: this.#assetJson(this.addAsset(release, name, request.body)) };
  }

  #ofAsset({ method, headers }: ServiceRequest, id: number): ServiceAnswer {
    const release = this.releases.find(({ assets }) => assets.some((asset) => asset.id === id));
    const asset = release?.assets.find((each) => each.id === id);
    if (!release || !asset) return refused(404, 'Not Found');
    if (method === 'DELETE') {
      if (release.immutable) return refused(422, 'Cannot delete assets of an immutable release.');
      release.assets = release.assets.filter((each) => each !== asset);
      return { status: 204 };
    }
    if (headers['accept'] === 'application/octet-stream') return { status: 200, content: asset.content };
    return { status: 200, json: this.#assetJson(asset) };
  }

  #releaseJson({ id, tag, body, draft, immutable, publishedAt }: StoredRelease): object {
    return {
      id,
      tag_name: tag,
      name: tag,
      body,
      draft,
      immutable,
      prerelease: false,
      published_at: publishedAt,
      html_url: `https://github.com/o/r/releases/tag/${tag}`,
      upload_url: `${this.url}/repos/o/r/releases/${id}/assets{?name,label}`,
    };
  }

  #assetJson({ id, name, state, content }: StoredAsset): object {
    const digest = state === 'uploaded' ? `sha256:${createHash('sha256').update(content).digest('hex')}` : null;
    return { id, name, state, size: content.length, digest };
  }

  #page({ query, path }: ServiceRequest, all: readonly object[]): ServiceAnswer {
    const size = Number(query.get('per_page') ?? 30);
    const page = Number(query.get('page') ?? 1);
    const link = `<${this.url}${path}?per_page=${size}&page=${page + 1}>; rel="next"`;
    const headers: Record<string, string> = page * size < all.length ? { link } : {};
    return { status: 200, json: all.slice((page - 1) * size, page * size), headers };
  }
}
