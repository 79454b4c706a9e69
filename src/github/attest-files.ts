import { reasonOf } from './client.js';
import { isEnterpriseServer } from './upload-artifact.js';

export interface AttestRequest {
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly token: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface AttestOutcome {
  /** GitHub's id of the attestation. */
  readonly id?: string;
  readonly notice?: string;
}

/**
 * Has GitHub attest that this workflow run built the files, so that `gh attestation verify` can tell. Needs the
 * permissions `id-token` and `attestations`; where it cannot be done a notice says why. Never throws.
 */
export async function attestFiles({ files, token, environment }: AttestRequest): Promise<AttestOutcome> {
  const help = 'Give the job "permissions: id-token: write, attestations: write".';
  if (isEnterpriseServer(environment)) {
    return { notice: 'No provenance attestation: GitHub Enterprise Server takes none from this action.' };
  }
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined) {
    return { notice: `No provenance attestation: the job may not ask for an identity token. ${help}` };
  }
  try {
    const { attestProvenance } = await import('@actions/attest');
    const subjects = files.map(({ name, sha256 }) => ({ name, digest: { sha256 } }));
    const { attestationID } = await attestProvenance({ subjects, token });
    return attestationID === undefined ? {} : { id: attestationID };
  } catch (error) {
    return { notice: `No provenance attestation: ${reasonOf(error)}. ${help}` };
  }
}
