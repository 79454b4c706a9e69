// GitHub's service for artifacts and caches, in front of Azurite, which keeps the blobs as Azure does.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort, startServer } from './processes.mjs';

const ACCOUNT = 'devstoreaccount1';
/** Azurite's own, in its documentation. */
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export async function startResultsService({ modules }, node) {
  const storage = createRequire(join(modules, 'index.js'))('@azure/storage-blob');
  const blobPort = await freePort();
  const blobs = ['--blobHost', '127.0.0.1', '--blobPort', String(blobPort)];
  const quiet = ['--inMemoryPersistence', '--silent', '--disableTelemetry', '--skipApiVersionCheck'];
  const stopBlobs = await startServer(
    'Azurite',
    node,
    [join(modules, 'azurite/dist/src/blob/main.js'), ...blobs, ...quiet],
    blobPort,
  );
  const credential = new storage.StorageSharedKeyCredential(ACCOUNT, KEY);
  const account = new storage.BlobServiceClient(`http://127.0.0.1:${blobPort}/${ACCOUNT}`, credential);
  const container = account.getContainerClient('results');
  await container.create();
  const artifacts = new Map();
  const caches = new Map();

  function signedUrl(name, permissions) {
    const options = { containerName: 'results', blobName: name, expiresOn: new Date(Date.now() + 3.6e6) };
    const allowed = storage.BlobSASPermissions.parse(permissions);
    const query = storage.generateBlobSASQueryParameters({ ...options, permissions: allowed }, credential);
    return `${container.getBlobClient(name).url}?${query}`;
  }
  const conflict = { status: 409, json: { code: 'already_exists', msg: 'an entry of this name exists' } };
  const ok = (json) => ({ status: 200, json: { ok: true, ...json } });

  const methods = {
    CreateArtifact({ name }) {
      if (artifacts.has(name)) return conflict;
      artifacts.set(name, { id: artifacts.size + 1, name, size: '0', digest: undefined });
      return ok({ signed_upload_url: signedUrl(`artifact-${name}`, 'cw') });
    },
    async FinalizeArtifact({ name, size, hash }) {
      const content = await container.getBlobClient(`artifact-${name}`).downloadToBuffer();
      const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
      if (String(content.length) !== String(size) || hash !== digest)
        return { status: 400, json: { msg: 'another size or digest' } };
      Object.assign(artifacts.get(name), { size: String(size), digest });
      return ok({ artifact_id: String(artifacts.get(name).id) });
    },
    ListArtifacts({ id_filter: id }) {
      const found = [...artifacts.values()].filter((each) => id === undefined || String(each.id) === String(id));
      const artifact = (each) => ({
        workflow_run_backend_id: 'run',
        workflow_job_run_backend_id: 'job',
        database_id: String(each.id),
        name: each.name,
        size: each.size,
        digest: each.digest,
      });
      return { status: 200, json: { artifacts: found.map(artifact) } };
    },
    GetSignedArtifactURL: ({ name }) => ({ status: 200, json: { signed_url: signedUrl(`artifact-${name}`, 'r') } }),
    CreateCacheEntry({ key, version }) {
      if (caches.has(key)) return conflict;
      caches.set(key, { version, complete: false });
      return ok({ signed_upload_url: signedUrl(`cache-${key}`, 'cw') });
    },
    FinalizeCacheEntryUpload({ key }) {
      caches.get(key).complete = true;
      return ok({ entry_id: String(caches.size) });
    },
    GetCacheEntryDownloadURL({ key, restore_keys: prefixes = [], version }) {
      const usable = [...caches].reverse().filter(([, entry]) => entry.complete && entry.version === version);
      const [found] = usable.filter(([name]) => [key, ...prefixes].some((start) => name.startsWith(start)));
      if (!found) return { status: 200, json: { ok: false } };
      return ok({ matched_key: found[0], signed_download_url: signedUrl(`cache-${found[0]}`, 'r') });
    },
  };

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const method = methods[request.url.split('/').at(-1)];
    try {
      const { status, json } = method ? await method(JSON.parse(Buffer.concat(chunks))) : { status: 404, json: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ msg: error.message }));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    artifacts,
    caches,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stopBlobs();
    },
  };
}
