import { join, resolve } from 'node:path';

export interface UploadedArtifact {
  readonly id: number;
  readonly name: string;
}

/**
 * Uploads files, given relative to `root`, as one artifact of the workflow run. Works only inside an action: the
 * runner hands its token to actions, not to commands. Loaded when first used: it is most of the action's start-up.
 */
export async function uploadArtifact(name: string, files: readonly string[], root: string): Promise<UploadedArtifact> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const folder = resolve(root);
  const { id } = await new DefaultArtifactClient().uploadArtifact(
    name,
    files.map((file) => join(folder, file)),
    folder,
    // The files are compressed poorly: weights are noise to a compressor.
    { compressionLevel: 1 },
  );
  if (id === undefined) throw new Error('the artifact service did not say under which id it keeps the files');
  return { id, name };
}

/** Where a person downloads an artifact of this workflow run. */
export function artifactUrl(id: number, environment: Readonly<Record<string, string | undefined>>): string {
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY = '', GITHUB_RUN_ID = '' } = environment;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`;
}

/** Whether this runs on GitHub Enterprise Server, whose artifact service speaks another protocol; told as the toolkit does. */
export function isEnterpriseServer(environment: Readonly<Record<string, string | undefined>>): boolean {
  const host = new URL(environment['GITHUB_SERVER_URL'] ?? 'https://github.com').hostname.toLowerCase();
  return host !== 'github.com' && !host.endsWith('.ghe.com') && !host.endsWith('.localhost');
}
