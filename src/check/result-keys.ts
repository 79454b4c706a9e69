import { createHash } from 'node:crypto';
import { isModule } from '#config/choices.js';
import type { VariantConfig } from '#config/config.js';
import { resolveInside } from '#config/resolve-inside.js';
import { version } from '#version.js';
import { tensorflowIdentity } from '../engines/tensorflow/set-up-python.js';
import { type ContentDigest, contentDigest } from './content-digest.js';
import { judgingFile } from './judging-roots.js';
import type { MeasureJob } from './measure-job.js';
import { variantFiles } from './variant-files.js';

/** Digests of files and folders, each read once in a run. */
export class Digests {
  readonly #known = new Map<string, Promise<ContentDigest>>();

  of(path: string): Promise<ContentDigest> {
    let digest = this.#known.get(path);
    if (!digest) {
      digest = contentDigest(path);
      this.#known.set(path, digest);
    }
    return digest;
  }
}

/**
 * Under which the measurement of a variant is kept: it follows from all that the measurement depends on, and from the
 * version of this program.
 */
export async function measurementKey(job: MeasureJob, variant: VariantConfig, digests: Digests): Promise<string> {
  const { limits: _, ...own } = variant;
  // By which it is judged.
  const { limits: __, targets: ___, name: ____, ...float } = job.float;
  const made = [...new Set([variant, job.float].flatMap(variantFiles))].map((file) => resolveInside(job.root, file));
  const files = [...made, ...judgingFiles(job)];
  const contents: string[] = [];
  for (const file of files) contents.push(await digestOf(file, digests));
  const { sha256 } = await digests.of(job.savedModel);
  const usual = [sha256, job.model, job.selection, own, float, job.evaluate, job.allowCode, contents];
  const runtime = job.runtime === 'wasm' ? 'wasm' : job.runtime.version;
  return keyOf('measurement', [...usual, job.verify, runtime, await engineOf(job, variant)]);
}

/**
 * Of all that says on which samples a model is judged, and how: what two models gave on samples compares where these are
 * equal. Where the data lie makes no difference.
 */
export async function judgingDigest(job: Pick<MeasureJob, 'evaluate' | 'judging'>, digests: Digests): Promise<string> {
  const contents: string[] = [];
  for (const file of judgingFiles(job)) contents.push(await digestOf(file, digests));
  const { data, ...settings } = job.evaluate;
  return digestOfParts(['judging', data === undefined, settings, contents]);
}

/** Which TensorFlow has a part in the measurement. One that is not there is told when it is used. */
async function engineOf({ tensorflow, verify }: MeasureJob, { engine }: VariantConfig): Promise<string> {
  if (engine === 'native' && verify === 'none') return '';
  try {
    return await tensorflowIdentity(tensorflow);
  } catch {
    return 'missing';
  }
}

/** Under which what a record says of a variant is kept. */
export function comparisonKey(own: string, base: string | undefined, { limits }: VariantConfig): string {
  return keyOf('comparison', [own, base ?? null, limits]);
}

function keyOf(kind: string, parts: readonly unknown[]): string {
  return digestOfParts([kind, version, ...parts]);
}

function digestOfParts(parts: readonly unknown[]): string {
  const text = JSON.stringify(parts, (_, value: unknown) =>
    // Undefined is not the same as left out, where a default stands behind it.
    value === undefined ? { undefined: true } : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

function judgingFiles({ evaluate, judging }: Pick<MeasureJob, 'evaluate' | 'judging'>): string[] {
  const modules = evaluate.metrics.map(({ metric }) => metric).filter(isModule);
  return [...(evaluate.data === undefined ? [] : [evaluate.data]), ...modules].map((file) =>
    judgingFile(judging, file),
  );
}

/** What is not there is told when it is read. */
async function digestOf(path: string, digests: Digests): Promise<string> {
  try {
    return (await digests.of(path)).sha256;
  } catch {
    return 'missing';
  }
}
