import { createHash } from 'node:crypto';
import { catalogue } from '#diagnostics/catalogue.js';
import { printable } from '#diagnostics/printable.js';
import { type CheckKind, checkKinds, type Finding } from '#record/findings.js';
import type { RunRecord } from '#record/record.js';
import { type ModelVariant, orderedVariants, titleOf } from './ordered-variants.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Relative to the root of the repository, as code scanning reads it. */
const ROOT = 'SRCROOT';
/** Places of one finding. */
const MAX_PLACES = 100;

type Level = 'error' | 'warning' | 'note';

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription?: { readonly text: string };
  readonly help?: { readonly text: string };
  readonly defaultConfiguration: { readonly level: Level };
}

interface Result {
  readonly ruleId: string;
  readonly level: Level;
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

const levels: Readonly<Record<Finding['severity'], Level>> = { error: 'error', warning: 'warning', notice: 'note' };

const GATE_CHANGED = 'gate-changed';

const kindTitles: Readonly<Record<CheckKind, string>> = {
  unsupported: 'An op of the model cannot be converted',
  missing: 'A model that the base has is missing',
  accuracy: 'The accuracy is worse than allowed',
  size: 'The file is larger than allowed',
  ops: 'The ops are not those allowed',
  macs: 'The model computes more than allowed',
  'peak-memory': 'The model needs more memory than allowed',
  latency: 'The model is slower than allowed',
  target: 'The model does not fit a target',
};

/**
 * A record as SARIF 2.1.0, which code scanning and editors read: checks that did not pass, findings, and what of the gate
 * is changed; each at the line of source that is known, else at the model's file.
 */
export function renderSarif(record: RunRecord): string {
  const results = [...gateResults(record), ...orderedVariants(record).flatMap(variantResults)];
  const used = new Set(results.map(({ ruleId }) => ruleId));
  const rules = [...used].sort().map((id) => ruleOf(id, record));
  const index = new Map(rules.map(({ id }, i) => [id, i]));
  const { version } = record.tool;
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'TFLite Gate', version, semanticVersion: version, rules } },
        invocations: [{ executionSuccessful: record.verdict !== 'invalid' }],
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: results.map((result) => ({ ...result, ruleIndex: index.get(result.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf(id: string, record: RunRecord): Rule {
  if (id === GATE_CHANGED) {
    const text = 'A pull request changes what it is judged by';
    return { id, shortDescription: { text }, defaultConfiguration: { level: 'warning' } };
  }
  const kind = checkKinds.find((name) => id === ruleOfCheck(name));
  if (kind) return { id, shortDescription: { text: kindTitles[kind] }, defaultConfiguration: { level: 'error' } };
  // Records may come from other versions, with codes that this one does not know.
  const entry = Object.hasOwn(catalogue, id) ? catalogue[id as keyof typeof catalogue] : undefined;
  const [first] = allFindings(record).filter(({ code }) => code === id);
  const title = entry?.title ?? first?.title ?? id;
  return {
    id,
    shortDescription: { text: title },
    ...(entry ? { fullDescription: { text: entry.explanation } } : {}),
    ...(entry && entry.help.length > 0 ? { help: { text: entry.help.join('\n') } } : {}),
    defaultConfiguration: { level: levels[entry?.severity ?? first?.severity ?? 'error'] },
  };
}

function allFindings({ findings, models }: RunRecord): Finding[] {
  const own = models.flatMap((model) => [...model.findings, ...model.variants.flatMap((variant) => variant.findings)]);
  return [...findings, ...own];
}

function ruleOfCheck(kind: CheckKind): string {
  return `check-${kind}`;
}

function gateResults({ changes, config, findings }: RunRecord): Result[] {
  const place = config.file === null ? [] : [placeOf(config.file)];
  const loosened = changes.filter((change) => change.loosened && change.kind !== 'definition');
  return [
    ...loosened.map(({ path, from, to, counted }): Result => {
      const text = `${path} from ${from ?? 'nothing'} to ${to ?? 'nothing'}${counted ? '' : ', which does not count yet'}.`;
      return result(GATE_CHANGED, 'warning', text, place, [path]);
    }),
    ...findings.map((finding) => findingResult(finding, '', place)),
  ];
}

function variantResults(each: ModelVariant): Result[] {
  const { model, variant } = each;
  const title = titleOf(each);
  const place = [placeOf(`${model.path}/saved_model.pb`)];
  const checks = variant.checks.flatMap(({ id, kind, verdict, reason }): Result[] => {
    if (verdict !== 'fail' && verdict !== 'within-noise') return [];
    const level = verdict === 'fail' ? 'error' : 'note';
    return [result(ruleOfCheck(kind), level, `${title}: ${reason}`, place, [model.name, variant.name, id])];
  });
  const findings = [...model.findings, ...variant.findings];
  return [...checks, ...findings.map((finding) => findingResult(finding, title, place))];
}

function findingResult(finding: Finding, title: string, place: readonly object[]): Result {
  const { code, severity, detail, op, help, locations } = finding;
  const text = [`${title === '' ? '' : `${title}: `}${detail}`, ...help.slice(0, 1)].join(' ');
  const [first] = locations;
  const places = locations.slice(0, MAX_PLACES).map((location) => findingPlace(location, place));
  const identity = [title, code, op ?? '', detail, first?.node ?? '', first?.file ?? '', String(first?.line ?? '')];
  return result(code, levels[severity], text, places.length > 0 ? places : place, identity);
}

function result(
  ruleId: string,
  level: Level,
  text: string,
  locations: readonly object[],
  identity: readonly string[],
): Result {
  const digest = createHash('sha256')
    .update(JSON.stringify([ruleId, ...identity]))
    .digest('hex');
  return {
    ruleId,
    level,
    message: { text: messageText(text) },
    locations,
    partialFingerprints: { 'tfliteGate/v1': digest },
  };
}

/** On one line. In messages, brackets may be links and braces placeholders, unless they are escaped. */
function messageText(text: string): string {
  return printable(wellFormed(text))
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/\{/g, '{{')
    .replace(/\}/g, '}}');
}

function findingPlace({ file, line, node, layer }: Finding['locations'][number], [model]: readonly object[]): object {
  const logical = [
    ...(layer === undefined ? [] : [{ fullyQualifiedName: wellFormed(layer), kind: 'module' }]),
    ...(node === undefined ? [] : [{ fullyQualifiedName: wellFormed(node), kind: 'member' }]),
  ];
  // Sources outside of the repository are known by nobody who reads the log.
  const physical = file !== undefined && isInRepository(file) ? placeOf(file, line) : model;
  return { ...physical, ...(logical.length > 0 ? { logicalLocations: logical } : {}) };
}

function placeOf(path: string, line?: number): object {
  const uri = wellFormed(path).split('/').map(encodeURIComponent).join('/');
  const region = line === undefined || line < 1 ? {} : { region: { startLine: line } };
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: ROOT }, ...region } };
}

/** Without halves of characters, which neither JSON nor an address may hold. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

function isInRepository(file: string): boolean {
  return !/^(?:[/\\]|[A-Za-z]:)/.test(file);
}
