import { createHash } from 'node:crypto';
import { fail } from '#diagnostics/diagnostic.js';
import { type Octokit, reasonOf, statusOf } from './client.js';

/** What a release is to hold under one name. */
export interface ReleaseFile {
  /** As `legalName` gives it. */
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Only what is uploaded is read. */
  readonly read: () => Buffer;
}

export interface Asset {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** `starter` is one whose upload has not ended, or never will. */
  readonly state: string;
  /** `sha256:` and the digest; older servers know none. */
  readonly digest?: string | null;
}

export interface AssetStore {
  readonly client: Octokit;
  readonly place: { readonly owner: string; readonly repo: string };
  readonly release: { readonly id: number; readonly upload_url: string };
}

export interface AssetOptions {
  /** What becomes of an asset of a file's name with another content. */
  readonly existing: 'replace' | 'keep';
  readonly log: (line: string) => void;
  /** Milliseconds for an upload of another job to end. */
  readonly patience: number;
}

/** GitHub takes less than that for an asset. */
const LARGEST = 2 ** 31;
const TRIES = 5;

/** Throws a DiagnosticError where a file is too large for a release. */
export function refuseLargeFiles(files: readonly ReleaseFile[]): void {
  const large = files.filter(({ bytes }) => bytes >= LARGEST);
  if (large.length === 0) return;
  fail('release-refused', {
    detail: `${large.map(({ name, bytes }) => `${name} has ${bytes} bytes`).join(', ')}: an asset of a release has less than 2 GiB.`,
    help: ['Quantize the model, or leave it out of the release.'],
  });
}

/**
 * Brings the assets of a release to what the files are: uploads what is missing, and what is different again. Looks
 * again until all is right, so that what an earlier run left half-finished, and what other jobs do at the same time, ends
 * the same. Throws a DiagnosticError where it does not get there.
 */
export async function ensureAssets(
  store: AssetStore,
  files: readonly ReleaseFile[],
  options: AssetOptions,
): Promise<void> {
  const unfinished = new Set<number>();
  let problem = '';
  for (let i = 0; i < TRIES; i++) {
    const assets = await listAssets(store);
    const wrong = await differing(store, files, assets, options);
    if (wrong.length === 0) return;
    problem = `other jobs keep changing ${wrong.map(({ name }) => name).join(', ')}`;
    let waits = false;
    for (const file of wrong) {
      const asset = assets.find(({ name }) => name === file.name);
      if (asset && asset.state !== 'uploaded' && !unfinished.has(asset.id)) {
        unfinished.add(asset.id);
        waits = true;
        continue;
      }
      if (asset) await deleteAsset(store, asset);
      try {
        await upload(store, file);
        options.log(`Uploaded ${file.name}, ${file.bytes} bytes.`);
      } catch (error) {
        // Another job was faster, or a try that seemed to fail did not.
        if (statusOf(error) !== 422 && statusOf(error) !== 404) throw error;
        problem = reasonOf(error);
        waits = true;
      }
    }
    if (waits) await new Promise((resolve) => setTimeout(resolve, options.patience));
  }
  // Was the last try the one that did it?
  const left = await differing(store, files, await listAssets(store), options);
  if (left.length === 0) return;
  fail('release-refused', {
    detail: `The release does not get the assets that it should have: ${problem}.`,
    help: ['Run the job again: it goes on where this one stopped.'],
  });
}

/** The files whose asset is missing or holds something else. */
export async function differing(
  store: AssetStore,
  files: readonly ReleaseFile[],
  assets: readonly Asset[],
  { existing }: Pick<AssetOptions, 'existing'>,
): Promise<ReleaseFile[]> {
  const wrong: ReleaseFile[] = [];
  for (const file of files) {
    const asset = assets.find(({ name }) => name === file.name);
    const right = asset?.state === 'uploaded' && (existing === 'keep' || (await holds(store, asset, file)));
    if (!right) wrong.push(file);
  }
  return wrong;
}

export async function listAssets({ client, place, release }: AssetStore): Promise<Asset[]> {
  return client.paginate(client.rest.repos.listReleaseAssets, { ...place, release_id: release.id, per_page: 100 });
}

export async function downloadAsset({ client, place }: Omit<AssetStore, 'release'>, id: number): Promise<Buffer> {
  const { data } = await client.rest.repos.getReleaseAsset({
    ...place,
    asset_id: id,
    headers: { accept: 'application/octet-stream' },
  });
  // What the media type makes of the answer is not in its type.
  return Buffer.from(data as unknown as ArrayBuffer);
}

async function holds(store: AssetStore, asset: Asset, file: ReleaseFile): Promise<boolean> {
  if (asset.size !== file.bytes) return false;
  return (await digestOf(store, asset)) === file.sha256;
}

/** SHA-256 of an asset's content, in hexadecimal. */
export async function digestOf(store: AssetStore, { id, digest }: Asset): Promise<string> {
  const stated = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1];
  return (
    stated ??
    createHash('sha256')
      .update(await downloadAsset(store, id))
      .digest('hex')
  );
}

async function deleteAsset({ client, place }: AssetStore, { id }: Asset): Promise<void> {
  try {
    await client.rest.repos.deleteReleaseAsset({ ...place, asset_id: id });
  } catch (error) {
    // Another job did it.
    if (statusOf(error) !== 404) throw error;
  }
}

async function upload({ client, place, release }: AssetStore, file: ReleaseFile): Promise<void> {
  await client.rest.repos.uploadReleaseAsset({
    ...place,
    release_id: release.id,
    // The uploads of a server have a host of their own.
    url: release.upload_url,
    name: file.name,
    // The type knows text only; bytes are sent as they are.
    data: file.read() as unknown as string,
    headers: { 'content-type': 'application/octet-stream', 'content-length': file.bytes },
  });
}
