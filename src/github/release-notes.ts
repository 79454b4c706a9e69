import type { RunRecord, Variant } from '#record/record.js';
import { escapeMarkdown as text } from '#report/escape-markdown.js';
import { formatValue, opsText, signed, sizeText } from '#report/values.js';

export interface PreviousRecords {
  readonly tag: string;
  /** Records of single models, by the models' names. */
  readonly records: ReadonlyMap<string, RunRecord>;
}

/** A longer table tells nobody anything; the assets hold all of it. */
const MAX_ROWS = 200;

/** What a release says of its models, as Markdown: a row for each file, with how it differs from the previous release's. */
export function releaseNotes(record: RunRecord, previous: PreviousRecords | undefined): string {
  const rows = record.models.flatMap((model) =>
    model.variants.map((variant) => row(model.name, variant, variantOf(previous, model.name, variant.name))),
  );
  const compared =
    previous === undefined || previous.records.size === 0
      ? 'There is no earlier release to compare with.'
      : `Changes are those since ${text(previous.tag)}.`;
  return [
    '### Models',
    '',
    '| model | size | accuracy | ops |',
    '| --- | --- | --- | --- |',
    ...rows.slice(0, MAX_ROWS),
    ...(rows.length > MAX_ROWS ? ['', `_${rows.length - MAX_ROWS} more are among the assets._`] : []),
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
