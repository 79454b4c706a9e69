import { join, resolve } from 'node:path';
import { reasonOf } from './client.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface UploadedArtifact {
  readonly id: number;
  readonly name: string;
  /** SHA-256 of the archive that a download gives, in hexadecimal. */
  readonly digest: string | undefined;
}

export interface ArtifactOutcome {
  /** Where a person downloads it; undefined where nothing was uploaded. */
  readonly url?: string;
  readonly digest?: string;
  /** Why nothing was uploaded and what helps; plain text. */
  readonly notice?: string;
}

export interface ArtifactRequest {
  /** As `legalName` gives it. */
  readonly name: string;
  /** Relative to `root`, with `/`. */
  readonly files: readonly string[];
  readonly root: string;
  /** From 1 to 90; undefined for what the repository is set to. */
  readonly retentionDays?: number | undefined;
  readonly environment: Environment;
}

/** Uploads files as an artifact, where there is a service that takes it; elsewhere they stay where they are, and a notice says so. */
export async function publishArtifact(request: ArtifactRequest): Promise<ArtifactOutcome> {
  const { name, files, root, retentionDays, environment } = request;
  if (files.length === 0) return {};
  if (isEnterpriseServer(environment)) {
    return {
      notice: `GitHub Enterprise Server takes no artifacts from this action. The files are in ${root}: upload them in a step of their own with actions/upload-artifact@v3.`,
    };
  }
  if (environment['ACTIONS_RUNTIME_TOKEN'] === undefined) {
    return { notice: `There is no artifact service here. The files are in ${root}.` };
  }
  try {
    const { id, digest } = await uploadArtifact(name, files, root, retentionDays);
    return { url: artifactUrl(id, environment), ...(digest === undefined ? {} : { digest }) };
  } catch (error) {
    const reason = reasonOf(error);
    const taken = /409|conflict/i.test(reason) ? ' Give each job of the workflow its own artifact-name.' : '';
    return { notice: `The files could not be uploaded: ${reason}.${taken} They are in ${root}.` };
  }
}

/**
 * Uploads files, given relative to `root`, as one artifact of the workflow run. Works only inside an action: the
 * runner hands its token to actions, not to commands. Loaded when first used: it is most of the action's start-up.
 */
export async function uploadArtifact(
  name: string,
  files: readonly string[],
  root: string,
  retentionDays?: number,
): Promise<UploadedArtifact> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const folder = resolve(root);
  const { id, digest } = await new DefaultArtifactClient().uploadArtifact(
    name,
    files.map((file) => join(folder, file)),
    folder,
    // The files are compressed poorly: weights are noise to a compressor.
    { compressionLevel: 1, ...(retentionDays === undefined ? {} : { retentionDays }) },
  );
  if (id === undefined) throw new Error('the artifact service did not say under which id it keeps the files');
  return { id, name, digest };
}

/** Where a person downloads an artifact of this workflow run. */
export function artifactUrl(id: number, environment: Environment): string {
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY = '', GITHUB_RUN_ID = '' } = environment;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`;
}

/** Whether this runs on GitHub Enterprise Server, whose artifact service speaks another protocol; told as the toolkit does. */
export function isEnterpriseServer(environment: Environment): boolean {
  const host = new URL(environment['GITHUB_SERVER_URL'] ?? 'https://github.com').hostname.toLowerCase();
  return host !== 'github.com' && !host.endsWith('.ghe.com') && !host.endsWith('.localhost');
}
