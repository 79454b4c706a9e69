import { type DiagnosticGroup, type Finding, groupDiagnostics } from '#diagnostics/group.js';
import type { Location } from '#diagnostics/location.js';
import { escapeMarkdown as text } from './escape-markdown.js';
import { formatSize } from './format-size.js';
import type { ModelResult, RunRecord } from './record.js';

/** GitHub drops a summary over 1 MiB as a whole, so it ends well before. */
const MAX_BYTES = 900_000;
/** Places that are listed of one finding. */
const MAX_PLACES = 50;

const marks = { passed: '✅ passed', unsupported: '❌ unsupported', invalid: '❌ invalid' } as const;

/** The job summary: the verdict, a row for each model, then what is wrong with those that did not pass. */
export function renderSummary(record: RunRecord): string {
  const failed = record.models.filter((model) => model.verdict !== 'passed');
  const lines = [
    '## TFLite Gate',
    '',
    headline(record, failed.length),
    '',
    '| model | verdict | size | ops | SavedModel |',
    '| --- | --- | ---: | ---: | --- |',
    ...[...failed, ...record.models.filter((model) => model.verdict === 'passed')].map(row),
    '',
  ];
  for (const model of record.models) if (model.diagnostics.length > 0) lines.push(...findings(model));
  return withinLimit(lines);
}

function headline(record: RunRecord, failed: number): string {
  const count = record.models.length;
  if (count === 0) return '**No SavedModel was found.**';
  if (failed === 0)
    return `**Passed: ${count === 1 ? 'the model is' : `all ${count} models are`} converted and run${count === 1 ? 's' : ''}.**`;
  return `**${failed} of ${count} model${count === 1 ? '' : 's'} cannot be converted or run.**`;
}

function row(model: ModelResult): string {
  const size = model.size === undefined ? '–' : formatSize(model.size);
  return `| ${text(model.name)} | ${marks[model.verdict]} | ${size} | ${model.ops ?? '–'} | ${text(model.savedModel)} |`;
}

function findings(model: ModelResult): string[] {
  const groups = groupDiagnostics(model.diagnostics);
  return [`### ${text(model.name)}`, '', ...groups.flatMap(finding), ''];
}

function finding({ title, op, count, findings }: DiagnosticGroup): string[] {
  const subject = op === undefined ? '' : `: ${text(op)}${count > 1 ? `, ${count} times` : ''}`;
  return [`- **${text(title)}**${subject}`, ...findings.flatMap(reason)];
}

function reason({ detail, help, locations }: Finding): string[] {
  const places = locations.map(place).filter((where) => where !== '');
  const hidden = places.length - MAX_PLACES;
  return [
    `  - ${text(detail)}`,
    ...places.slice(0, MAX_PLACES).map((where) => `    - ${where}`),
    ...(hidden > 0 ? [`    - and ${hidden} more places`] : []),
    ...help.map((advice) => `    - 💡 ${text(advice)}`),
  ];
}

function place(location: Location): string {
  const parts: string[] = [];
  if (location.layer !== undefined) parts.push(`layer ${text(location.layer)}`);
  if (location.node !== undefined) parts.push(`node ${text(location.node)}`);
  if (parts.length === 0 && location.file !== undefined) parts.push(text(location.file));
  return parts.join(', ');
}

function withinLimit(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const [i, line] of lines.entries()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_BYTES) {
      kept.push('', `_${lines.length - i} more lines are left out: GitHub shows no summary over 1 MiB._`);
      break;
    }
    kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}
