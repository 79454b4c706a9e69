import { createHash } from 'node:crypto';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { CHECKSUMS_FILE, checksumsText } from './checksums.js';
import { createClient, isDenied, type Octokit, ownerAndName, reasonOf } from './client.js';
import {
  type AssetOptions,
  type AssetStore,
  differing,
  digestOf,
  downloadAsset,
  ensureAssets,
  listAssets,
  type ReleaseFile,
  refuseLargeFiles,
} from './release-assets.js';
import type { RunContext } from './run-context.js';

export interface PreviousRelease {
  readonly tag: string;
  /** The content of one of its assets; undefined where it has none of that name. */
  readonly read: (name: string) => Promise<Buffer | undefined>;
}

export interface ReleaseRequest {
  readonly context: RunContext;
  readonly token: string;
  readonly tag: string;
  readonly files: readonly ReleaseFile[];
  /** The part of the release's text that is ours, as Markdown. */
  readonly notes: (previous: PreviousRelease | undefined) => Promise<string>;
  readonly existing: AssetOptions['existing'];
  /** Whether only to say what would be done. */
  readonly dryRun: boolean;
  /** Whether the release stays a draft when it is complete. */
  readonly keepDraft: boolean;
  readonly log: (line: string) => void;
  /** Milliseconds that stand for a second of waiting; tests make it short. */
  readonly second?: number;
}

export interface ReleaseOutcome {
  /** Undefined where a dry run would have made the release. */
  readonly url: string | undefined;
  readonly published: boolean;
}

type Release = Awaited<ReturnType<Octokit['rest']['repos']['getRelease']>>['data'];

const NOTES_START = '<!-- tflite-gate:notes -->';
const NOTES_END = '<!-- /tflite-gate:notes -->';
/** Characters that GitHub takes as the text of a release. */
const BODY_LIMIT = 125_000;
const ROUNDS = 4;

/**
 * Brings files into the release of a tag, with SHA256SUMS of all its assets. A release that is made here is a draft until
 * it is complete, as an immutable one takes no more assets. What an earlier run or another job has done already is not
 * done again. Throws a DiagnosticError, `release-refused`, with what GitHub refused.
 */
export async function publishRelease(request: ReleaseRequest): Promise<ReleaseOutcome> {
  const { context, token, tag, files, second } = request;
  refuseLargeFiles(files);
  try {
    const client = await createClient({ context, token, ...(second === undefined ? {} : { second }) });
    return await new Publisher(client, request).publish();
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    return fail('release-refused', {
      detail: `The release of ${tag} could not be made: ${reasonOf(error)}.`,
      help: isDenied(error)
        ? ['Give the job "permissions: contents: write", and the step its token.']
        : ['Run the job again: it goes on where this one stopped.'],
    });
  }
}

class Publisher {
  readonly #client: Octokit;
  readonly #request: ReleaseRequest;
  readonly #place: { readonly owner: string; readonly repo: string };

  constructor(client: Octokit, request: ReleaseRequest) {
    this.#client = client;
    this.#request = request;
    this.#place = ownerAndName(request.context);
  }

  async publish(): Promise<ReleaseOutcome> {
    const { tag, dryRun, keepDraft, log } = this.#request;
    const all = await this.#releases();
    const found = ofTag(all, tag);
    const notes = await this.#request.notes(this.#previous(all));
    if (dryRun) return this.#plan(found, notes);
    const release = found ?? (await this.#create(notes));
    log(`${found ? 'Going on with' : 'Made'} the ${release.draft ? 'draft' : 'published'} release of ${tag}.`);
    await this.#fill(release);
    const body = withNotes(release.body, notes);
    const publishes = release.draft && !keepDraft;
    if (body === (release.body ?? '') && !publishes) return { url: release.html_url, published: !release.draft };
    const { data } = await this.#client.rest.repos.updateRelease({
      ...this.#place,
      release_id: release.id,
      body,
      ...(publishes ? { draft: false } : {}),
    });
    if (publishes) log(`Published the release of ${tag}.`);
    return { url: data.html_url, published: !data.draft };
  }

  /** Until the checksums are those of what the release holds, whatever other jobs add. */
  async #fill(release: Release): Promise<void> {
    const { files, existing, log, second = 1000 } = this.#request;
    const store = this.#store(release);
    // The checksums follow from the rest: what is there of them is replaced in any case.
    const options = { existing, log, patience: 2 * second };
    for (let i = 0; i < ROUNDS; i++) {
      await this.#refuseImmutable(store, release);
      await ensureAssets(store, files, options);
      const sums = await this.#checksums(store);
      await ensureAssets(store, [sums], { ...options, existing: 'replace' });
      if ((await this.#checksums(store)).sha256 === sums.sha256) return;
    }
    fail('release-refused', {
      detail: `Other jobs keep changing the assets of ${this.#request.tag}.`,
      help: ['Have one job publish the files of all, after the others.'],
    });
  }

  async #refuseImmutable(store: AssetStore, { immutable }: Release): Promise<void> {
    if (immutable !== true) return;
    const wrong = await this.#wrong(store);
    if (wrong.length === 0) return;
    fail('release-refused', {
      detail: `The release of ${this.#request.tag} is published and immutable, and lacks or differs in ${wrong.join(', ')}.`,
      help: ['Release under a new tag.', 'Let this action make the release: it stays a draft until it is complete.'],
    });
  }

  /** Names of what is not yet as it is to be. */
  async #wrong(store: AssetStore): Promise<string[]> {
    const { files, existing } = this.#request;
    const assets = await listAssets(store);
    const sums = await this.#checksums(store);
    const wrong = [
      ...(await differing(store, files, assets, { existing })),
      ...(await differing(store, [sums], assets, { existing: 'replace' })),
    ];
    return wrong.map(({ name }) => name);
  }

  /** Of the files as they are or, where another is kept, of what is kept; and of all else that the release holds. */
  async #checksums(store: AssetStore): Promise<ReleaseFile> {
    const { files, existing } = this.#request;
    const digests = new Map(files.map(({ name, sha256 }) => [name, sha256]));
    for (const asset of await listAssets(store)) {
      if (asset.name === CHECKSUMS_FILE || asset.state !== 'uploaded') continue;
      if (existing === 'keep' || !digests.has(asset.name)) digests.set(asset.name, await digestOf(store, asset));
    }
    const content = Buffer.from(checksumsText(digests));
    return {
      name: CHECKSUMS_FILE,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      read: () => content,
    };
  }

  async #plan(found: Release | undefined, notes: string): Promise<ReleaseOutcome> {
    const { tag, files, keepDraft, log } = this.#request;
    log(`Dry run: would ${found ? 'go on with' : 'make'} the release of ${tag}.`);
    const names = found ? await this.#wrong(this.#store(found)) : [...files.map(({ name }) => name), CHECKSUMS_FILE];
    for (const name of names) log(`Dry run: would upload ${name}.`);
    if (!keepDraft && found?.draft !== false) log(`Dry run: would publish the release of ${tag}.`);
    log(`Dry run: the release would say\n${notes}`);
    return { url: found?.html_url, published: false };
  }

  /** Two jobs that make a draft of one tag at a time end with the older one. */
  async #create(notes: string): Promise<Release> {
    const { tag, context } = this.#request;
    const { data: made } = await this.#client.rest.repos.createRelease({
      ...this.#place,
      tag_name: tag,
      name: tag,
      body: withNotes('', notes),
      draft: true,
      ...(context.sha === '' ? {} : { target_commitish: context.sha }),
    });
    const first = ofTag(await this.#releases(), tag);
    if (!first || first.id === made.id) return made;
    await this.#client.rest.repos.deleteRelease({ ...this.#place, release_id: made.id });
    return first;
  }

  /** Drafts are found by going through all releases only. */
  async #releases(): Promise<Release[]> {
    return this.#client.paginate(this.#client.rest.repos.listReleases, { ...this.#place, per_page: 100 });
  }

  #store(release: Release): AssetStore {
    return { client: this.#client, place: this.#place, release };
  }

  #previous(all: readonly Release[]): PreviousRelease | undefined {
    const { tag } = this.#request;
    const own = ofTag(all, tag)?.published_at ?? undefined;
    const [latest] = all
      .filter((each) => !each.draft && !each.prerelease && each.tag_name !== tag)
      .filter(({ published_at: at }) => own === undefined || (at ?? '') < own)
      .sort((a, b) => ((a.published_at ?? '') < (b.published_at ?? '') ? 1 : -1));
    if (!latest) return undefined;
    const store = this.#store(latest);
    return {
      tag: latest.tag_name,
      read: async (name) => {
        const asset = (await listAssets(store)).find((each) => each.name === name && each.state === 'uploaded');
        return asset && downloadAsset(store, asset.id);
      },
    };
  }
}

/** The release of a tag: the published one, else the oldest draft. */
function ofTag(all: readonly Release[], tag: string): Release | undefined {
  const [first] = all
    .filter(({ tag_name: name }) => name === tag)
    .sort((a, b) => Number(a.draft) - Number(b.draft) || a.id - b.id);
  return first;
}

/** A release's text with our part in the place of what was ours before; what a person wrote stays. */
export function withNotes(body: string | null | undefined, notes: string): string {
  const text = body ?? '';
  const part = `${NOTES_START}\n${notes}\n${NOTES_END}`;
  const start = text.indexOf(NOTES_START);
  const end = text.indexOf(NOTES_END, start);
  const whole =
    start === -1 || end === -1
      ? `${text}${text === '' ? '' : '\n\n'}${part}`
      : text.slice(0, start) + part + text.slice(end + NOTES_END.length);
  return whole.length > BODY_LIMIT ? text : whole;
}
