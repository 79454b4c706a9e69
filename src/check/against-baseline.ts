import type { GatedModel } from '#config/protect/gate-of.js';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import { type Runtime, runtimeName } from '#runtime/open-interpreter.js';
import { readBaseline } from './baseline-file.js';
import { findingsOf } from './findings.js';
import type { Before } from './measurement.js';

/** A baseline, where it lies and what is in it. */
export interface BaselinePlace {
  readonly file: string;
  readonly shownAs: string;
  readonly sha256: string;
}

/**
 * What a baseline says of a model's variants, by their names. Metrics on other samples than those of this run do not pair
 * with its own and are left out; figures compare all the same. Throws as `readBaseline` does.
 */
export function againstBaseline(
  { file, shownAs, sha256 }: BaselinePlace,
  { name, variants }: Pick<GatedModel, 'name' | 'variants'>,
  own: { readonly judging: string; readonly runtime: Runtime },
): Map<string, Before> {
  const { judgedBy, models } = readBaseline(file, shownAs);
  const model = models.get(name);
  const runtime = runtimeName(own.runtime);
  const findings = (detail: string) => findingsOf([note(shownAs, detail)]);
  return new Map(
    variants.map((variant): [string, Before] => {
      const measurement = model?.variants.get(variant.name);
      const before = (found: Before['measurement'], detail?: string, missing?: string): [string, Before] => [
        variant.name,
        {
          key: sha256,
          measurement: found,
          findings: detail === undefined ? [] : findings(detail),
          ...(missing === undefined ? {} : { missing }),
        },
      ];
      if (!measurement?.figures) {
        const detail = 'does not have it: it is compared with nothing.';
        return before(undefined, detail, 'The baseline does not have it.');
      }
      if (measurement.metrics.length === 0) {
        return before(measurement, 'has no metrics of it: none are compared.', 'The baseline has no metrics of it.');
      }
      if (model?.judging !== own.judging) {
        const detail = 'was judged on other data, or with other settings for them: metrics are not compared with it.';
        return before({ ...measurement, metrics: [] }, detail, 'The baseline was judged on other data.');
      }
      if (judgedBy === runtime) return before(measurement);
      const detail = `was judged by ${judgedBy}, this run by ${runtime}: the last digits of metrics may differ for that.`;
      return before(measurement, detail);
    }),
  );
}

function note(file: string, detail: string): Diagnostic {
  return diagnostic('other-baseline', { detail: `${file} ${detail}`, locations: [{ file }] });
}
