import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportConfig } from '#config/config.js';
import { writeChecksums } from '#github/checksums.js';
import { legalName } from '#github/legal-name.js';
import { publishArtifact } from '#github/upload-artifact.js';
import type { RunRecord } from '#record/record.js';
import type { Publishing } from './publish.js';

/** Uploads the files and gives their address; where that cannot be done a notice says why, and they stay in place. */
export async function uploadFiles(
  record: RunRecord,
  { artifactName, retentionDays }: ReportConfig,
  { config, output, toolkit, environment }: Publishing,
  key: string,
): Promise<string | undefined> {
  if (artifactName === undefined) return undefined;
  const models = record.models.flatMap(({ variants }) => variants.flatMap(({ file }) => file ?? []));
  const files = ['result.json', 'report.html', 'comment.md', 'comment.json', ...models];
  // Names are unique in a run: shards, and jobs of a matrix, get one each.
  const shard = config.shard ? `-${config.shard.index}-of-${config.shard.count}` : '';
  const job = config.matrix === '' ? '' : `-${key.slice(0, 8)}`;
  const present = files.filter((file) => existsSync(join(output, file)));
  const { url, notice } = await publishArtifact({
    name: legalName(`${artifactName}${shard}${job}`),
    files: [...present, await writeChecksums(output, present)],
    root: output,
    retentionDays,
    environment,
  });
  if (notice !== undefined) toolkit.notice(notice, { title: 'No artifact' });
  return url;
}
