import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Artifact {
  readonly name: string;
  readonly content: Buffer;
  /** What the client says of it in the end. */
  readonly finalized: { readonly size?: string; readonly hash?: string } | undefined;
}

export interface ArtifactService {
  readonly url: string;
  readonly artifacts: ReadonlyMap<string, Artifact>;
  close(): Promise<void>;
}

/**
 * The part of GitHub's artifact service that an upload speaks to, and the blob store behind it: create, put blocks, put
 * the list of blocks, finalize. A name that is taken is a conflict.
 */
export async function startArtifactService(): Promise<ArtifactService> {
  const artifacts = new Map<string, Artifact>();
  const blocks = new Map<string, Buffer>();
  let origin = '';

  async function answer(request: IncomingMessage): Promise<{ status: number; json?: object }> {
    const url = new URL(request.url ?? '/', origin);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const method = url.pathname.split('/').at(-1);
    if (method === 'CreateArtifact') {
      const { name } = JSON.parse(body.toString()) as { name: string };
      if (artifacts.has(name)) return { status: 409, json: { code: 'already_exists', msg: 'name is taken' } };
      artifacts.set(name, { name, content: Buffer.alloc(0), finalized: undefined });
      return { status: 200, json: { ok: true, signed_upload_url: `${origin}/blobs/${name}?sig=x` } };
    }
    if (method === 'FinalizeArtifact') {
      const { name, size, hash } = JSON.parse(body.toString()) as { name: string; size: string; hash: string };
      artifacts.set(name, { ...(artifacts.get(name) as Artifact), finalized: { size, hash } });
      return { status: 200, json: { ok: true, artifact_id: '77' } };
    }
    const name = decodeURIComponent(method ?? '');
    if (url.searchParams.get('comp') === 'block') {
      blocks.set(url.searchParams.get('blockid') ?? '', body);
    } else {
      const ids = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(([, id]) => id ?? '');
      const content = Buffer.concat(ids.map((id) => blocks.get(id) as Buffer));
      artifacts.set(name, { ...(artifacts.get(name) as Artifact), content });
    }
    return { status: 201 };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, json }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(json === undefined ? '' : JSON.stringify(json));
      },
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    artifacts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
