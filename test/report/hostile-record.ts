import { RunRecord } from '#record/record.js';
import {
  HOSTILE,
  sampleCheck,
  sampleFinding,
  sampleMetric,
  sampleModel,
  sampleVariant,
} from '../record/sample-record.js';
import { failingReport } from './html/sample-reports.js';

/** What names are made of: all that means something to Markdown, HTML, GitHub or a reader's eye, and plain words. */
const PARTS = [
  ...HOSTILE,
  ...['|', '\\', '\\|', '`', '```', '~~', '**', '__', '_', '*', '$', '$$', '!', '[', ']', '(', ')', '{', '}', '=', '"'],
  ...['\n', '\r\n', '\t', '\n\n', '\u2028', '    ', ' ', '\u00a0', '\u0000', '\u001b[31m', '\u0085'],
  ...['# ', '## x', '> ', '- ', '+ ', '* ', '1. ', '1) ', '- [ ] ', '---', '===', '| --- |', '~~~', '[^1]: ', '    x'],
  ...['@user', '@org/team', 'a@example.com', 'o/r#1', '#12', 'GH-3', 'gh-3', 'GHSA-abcd-2345-cdef', 'CVE-2024-1234'],
  ...['0123456789abcdef0123456789abcdef01234567', 'deadbee', 'o/r@0123456789abcdef0123456789abcdef01234567'],
  ...['https://example.com/x', 'http://a.b', 'www.example.com', 'ftp://a.b/', 'mailto:a@b.cd', 'javascript:alert(1)'],
  ...['<https://example.com>', '[a](b)', '[a]: https://b.c', '![x](y.png)', '<a href="https://b.c">', '</a>'],
  ...[
    '<img src=x onerror=alert(1)>',
    '<script>',
    '</script>',
    '<style>*{}</style>',
    '<iframe>',
    '<svg/onload=x>',
    '-->',
  ],
  ...[
    '</td></tr></table>',
    '</details>',
    '<details open>',
    '</summary>',
    '<summary>',
    '<!--',
    '<![CDATA[',
    '<?x',
    '</sub>',
  ],
  ...[
    '&lt;',
    '&#64;',
    '&#x40;user',
    '&amp;',
    '&',
    ':tada:',
    ':+1:',
    ':',
    '::error::x',
    '$x^2$',
    '$`a`$',
    '::add-mask::',
  ],
  ...['\u202e', '\u2066', '\u2069', '\u200f', '\u061c', '\u202c', '\u200b', '\u3164', '\ufeff', '\u{e0041}', '\ud800'],
  ...['שלום', 'مرحبا', 'שלום עולם', 'ע1', '𝕿𝖋', '🙂', '👩‍👩‍👧', 'é', '日本', 'z̸͢'],
  ...['word', 'x', '7', '3.5', 'int8', 'layer/kernel:0', 'a_b_c', 'conv-2d', '+', '.', ',', ';', '/', '%0A', '%'],
];

/** Numbers from 0 to 1, the same each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A name of one to `parts` parts. */
export function hostileName(random: () => number, parts: number): string {
  const count = 1 + Math.floor(random() * parts);
  return Array.from({ length: count }, () => PARTS[Math.floor(random() * PARTS.length)]).join('');
}

/** A run in which everything occurs that a record can tell. */
export function fullRecord(): RunRecord {
  const { record } = failingReport();
  const place = { node: 'net/a', layer: 'a', file: 'train.py', line: 3, function: 'f', signature: 'serve' };
  const findings = [
    sampleFinding({ locations: [place, { file: 'b.py', line: 1 }, { file: 'c.py' }, { layer: 'b' }] }),
    sampleFinding({ code: 'data-unreadable', severity: 'warning', title: 'Data', detail: 'Bad.', help: ['A.', 'B.'] }),
  ];
  const everything = sampleVariant({
    verdict: 'failed',
    findings,
    nan: { rows: 3, first: 1 },
    float: [{ op: 'ADD', layer: 'x', reason: 'none', count: 2 }],
    metrics: [sampleMetric({ name: 'psnr', unit: 'dB' }), sampleMetric({ name: 'f1', base: null, evidence: 'weak' })],
    checks: (['fail', 'within-noise', 'skipped', 'pass'] as const).map((verdict) =>
      sampleCheck({ id: `a.${verdict}`, verdict, reason: `Because of ${verdict}.` }),
    ),
  });
  const changes = Array.from({ length: 14 }, (_, i) => ({
    ...(record.changes[0] as RunRecord['changes'][number]),
    path: `models.m${i}.limits`,
    counted: i % 2 === 0,
  }));
  return {
    ...record,
    changes,
    findings,
    shard: { index: 1, count: 2 },
    base: { kind: 'file', name: 'baseline.json', reason: 'It is named.' },
    models: [...record.models, sampleModel({ name: 'all', findings, variants: [everything] })],
  };
}

/** The record with every text replaced that may be anything, as its schema says; what may not stays. */
export function withTexts(record: RunRecord, replace: (text: string) => string): RunRecord {
  const result = mapTexts(record, replace);
  for (;;) {
    const { error } = RunRecord.safeParse(result);
    if (!error) return result as RunRecord;
    for (const { path } of error.issues) restore(result, record, path);
  }
}

function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, replace));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'opCounts' ? mapKeys(each as object, replace) : mapTexts(each, replace),
    ]),
  );
}

function mapKeys(counts: object, replace: (text: string) => string): object {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [replace(name), count]));
}

function restore(result: unknown, original: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1) as PropertyKey;
  const at = (value: unknown): Record<PropertyKey, unknown> =>
    path.slice(0, -1).reduce((found, key) => (found as Record<PropertyKey, unknown>)[key], value) as Record<
      PropertyKey,
      unknown
    >;
  at(result)[last] = at(original)[last];
}
