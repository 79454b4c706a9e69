import type { Check, Finding } from '#record/findings.js';
import type { Model, RunRecord, Variant } from '#record/record.js';
import { type Markup, xml } from './html/markup.js';

/** One test: what it is about and, where it did not simply pass, an element that says so. */
interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly detail: string;
}

/**
 * A record as JUnit XML, as continuous integration servers read it: a test suite for each model, a test for each variant
 * (that it could be made) and for each of its checks. What is within noise passes, and says so in its output.
 */
export function renderJunit(record: RunRecord): string {
  const suites = [...runSuite(record), ...record.models.map((model) => modelSuite(model, record))];
  const all = suites.flatMap(({ cases }) => cases);
  const { text } = xml`<testsuites name="TFLite Gate" ${totals(all)}>
${suites.map(suiteMarkup)}</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
}

interface Suite {
  readonly name: string;
  readonly file: string | undefined;
  readonly cases: readonly TestCase[];
}

/** What is wrong with the run itself; none where nothing is. */
function runSuite({ findings, config, verdict, headline }: RunRecord): Suite[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0 && verdict !== 'invalid') return [];
  const message = errors[0]?.detail ?? headline;
  const run: TestCase = {
    name: 'run',
    seconds: 0,
    outcome: 'error',
    type: 'run',
    message,
    detail: findingText(errors),
  };
  return [{ name: 'tflite-gate', file: config.file ?? undefined, cases: [run] }];
}

function modelSuite(model: Model, { timing }: RunRecord): Suite {
  const cases = model.variants.flatMap((variant) => {
    const timed = timing.variants.find((each) => each.model === model.name && each.variant === variant.name);
    return [
      conversion(model, variant, (timed?.milliseconds ?? 0) / 1000),
      ...ownChecks(variant).map(checkCase(variant)),
    ];
  });
  return { name: model.name, file: model.path, cases };
}

/** But those of whether there is a file at all, which is a test of its own. */
function ownChecks({ checks }: Variant): Check[] {
  return checks.filter(({ kind }) => kind !== 'unsupported' && kind !== 'missing');
}

/** Whether there is a file to judge. */
function conversion(model: Model, variant: Variant, seconds: number): TestCase {
  const name = `${variant.name}: converted`;
  const findings = [...model.findings, ...variant.findings];
  const failed = variant.verdict === 'unsupported' || variant.verdict === 'invalid' || variant.verdict === 'missing';
  if (!failed) return { name, seconds, outcome: 'passed', type: '', message: '', detail: findingText(findings) };
  const message = findings[0]?.detail ?? variant.checks.find(({ verdict }) => verdict === 'fail')?.reason;
  return {
    name,
    seconds,
    outcome: variant.verdict === 'invalid' ? 'error' : 'failure',
    type: variant.verdict,
    message: message ?? `There is no file: ${variant.verdict}.`,
    detail: findingText(findings),
  };
}

function checkCase({ name }: Variant): (check: Check) => TestCase {
  return ({ id, kind, verdict, reason, limitText }) => ({
    name: `${name}: ${id}`,
    seconds: 0,
    outcome: verdict === 'fail' ? 'failure' : verdict === 'skipped' ? 'skipped' : 'passed',
    type: kind,
    message: reason,
    detail: [verdict === 'within-noise' ? `Within noise: ${reason}` : '', limitText === '' ? '' : `Limit: ${limitText}`]
      .filter((line) => line !== '')
      .join('\n'),
  });
}

function findingText(findings: readonly Finding[]): string {
  return findings.flatMap(({ title, detail, help }) => [`${title}: ${detail}`, ...help]).join('\n');
}

function suiteMarkup({ name, file, cases }: Suite): Markup {
  const place = file === undefined ? undefined : xml` file="${file}"`;
  return xml`<testsuite name="${name}"${place} ${totals(cases)}>
${cases.map((each) => caseMarkup(name, each))}</testsuite>
`;
}

function totals(cases: readonly TestCase[]): Markup {
  const count = (wanted: TestCase['outcome']): number => cases.filter(({ outcome }) => outcome === wanted).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return xml`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
}

function caseMarkup(suite: string, { name, seconds, outcome, type, message, detail }: TestCase): Markup {
  const lines = detail.split('\n').map((line, i) => [i > 0 ? LINE : undefined, line]);
  return xml`<testcase classname="${suite}" name="${name}" time="${seconds.toFixed(3)}">${
    outcome === 'skipped'
      ? xml`<skipped message="${message}"/>`
      : outcome === 'failure'
        ? xml`<failure type="${type}" message="${message}">${lines}</failure>`
        : outcome === 'error'
          ? xml`<error type="${type}" message="${message}">${lines}</error>`
          : detail === ''
            ? undefined
            : xml`<system-out>${lines}</system-out>`
  }</testcase>
`;
}

const LINE = xml`\n`;
