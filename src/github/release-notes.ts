import type { RunRecord, Variant } from '#record/record.js';
import { escapeMarkdown as text } from '#report/escape-markdown.js';
import { formatValue, opsText, signed, sizeText } from '#report/values.js';

export interface PreviousRecords {
  readonly tag: string;
  /** Records of single models, by the models' names. */
  readonly records: ReadonlyMap<string, RunRecord>;
}

/** A longer table tells nobody anything, and GitHub takes 125,000 characters; the assets hold all of it. */
const MAX_ROWS = 200;
const MAX_CHARACTERS = 80_000;

/** What a release says of its models, as Markdown: a row for each file, with how it differs from the previous release's. */
export function releaseNotes(record: RunRecord, previous: PreviousRecords | undefined): string {
  const rows = record.models.flatMap((model) =>
    model.variants.map((variant) => row(model.name, variant, variantOf(previous, model.name, variant.name))),
  );
  let length = 0;
  const shown = rows.slice(0, MAX_ROWS).filter((each) => {
    length += each.length;
    return length <= MAX_CHARACTERS;
  });
  const hidden = rows.length - shown.length;
  const compared =
    previous === undefined || previous.records.size === 0
      ? 'There is no earlier release to compare with.'
      : `Changes are those since ${text(previous.tag)}.`;
  return [
    '### Models',
    '',
    '| model | size | accuracy | ops |',
    '| --- | --- | --- | --- |',
    ...shown,
    ...(hidden > 0 ? ['', `_${hidden} more are among the assets._`] : []),
    '',
    `${compared} Each file is as SHA256SUMS says; each model’s JSON file has all that was measured.`,
  ].join('\n');
}

function row(model: string, variant: Variant, before: Variant | undefined): string {
  const compared = { figures: variant.figures, base: before?.figures ?? null };
  const metrics = variant.metrics.map(({ name, value, unit }) => {
    const other = before?.metrics.find((metric) => metric.name === name)?.value ?? null;
    const shown = `${name} ${formatValue(value, unit)}`;
    return text(
      other === null || value === null ? shown : `${shown} (${signed(value - other, (n) => formatValue(n))})`,
    );
  });
  const cells = [
    `${text(model)} ${text(variant.name)}`,
    text(sizeText(compared)),
    metrics.join('<br>') || '–',
    text(opsText(compared)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function variantOf(previous: PreviousRecords | undefined, model: string, variant: string): Variant | undefined {
  const found = previous?.records.get(model)?.models.find(({ name }) => name === model);
  return found?.variants.find(({ name }) => name === variant);
}
