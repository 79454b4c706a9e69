import { isModule, RANDOM } from '#config/choices.js';
import { resolveInside } from '#config/resolve-inside.js';
import type { DataSet, DataSignature } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { sharedSamples } from '#data/sample-digests.js';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import type { MeasureJob } from './measure-job.js';

/** What is to be said of samples on which a variant is both calibrated and judged, by the variant's name. */
export async function contaminated(
  { variants, root, evaluate }: MeasureJob,
  /** Variants that have a file, which says that there are such samples, by their names. */
  files: readonly (readonly [string, string])[],
  data: DataSet,
  signature: DataSignature,
): Promise<Map<string, Diagnostic>> {
  const found = new Map<string, Diagnostic>();
  const known = new Map<string, Diagnostic | undefined>();
  const made = new Set(files.map(([name]) => name));
  for (const { name, representativeData: path } of variants) {
    if (!made.has(name) || path === undefined || path === RANDOM || isModule(path)) continue;
    if (!known.has(path)) {
      const calibration = await openDataSet(resolveInside(root, path), {
        image: evaluate.image,
        audio: evaluate.audio,
      });
      const [first, ...more] = await sharedSamples(data, calibration, signature);
      known.set(
        path,
        first &&
          diagnostic('shared-samples', {
            detail: `${more.length + 1} of the samples in ${evaluate.data} are in ${path} as well, the first of them sample ${first.row} (there ${first.other}).`,
            locations: [{ file: path }],
          }),
      );
    }
    const warning = known.get(path);
    if (warning) found.set(name, warning);
  }
  return found;
}
