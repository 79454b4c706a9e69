import { describe, expect, test } from '@jest/globals';
import bidiFactory from 'bidi-js';
import type { Root } from 'hast';
import { legalName } from '#github/legal-name.js';
import { releaseNotes } from '#github/release-notes.js';
import type { Model, RunRecord } from '#record/record.js';
import { renderMarkdown } from '#report/markdown/render-markdown.js';
import { sampleCheck, sampleFinding, sampleModel, sampleRecord, sampleVariant } from '../record/sample-record.js';
import { elementsOf, outlineOf, referencesOf, renderOnGitHub, tablesOf, textOf } from './github-markdown.js';
import { fullRecord, hostileName, randomNumbers, withTexts } from './hostile-record.js';

/** More of them, at another place, by `FUZZ=200:1000`: number and first seed. */
const [COUNT = 8, FIRST = 1] = (process.env['FUZZ'] ?? '').split(':').filter(Boolean).map(Number);
const LINK = 'https://github.com/o/r/actions/runs/1/artifacts/2';
const MIB = 2 ** 20;

const characters = (text: string): number => text.length;
const bytes = (text: string): number => Buffer.byteLength(text);
const links = { 'Report and files': LINK };

interface BidirectionalAlgorithm {
  getEmbeddingLevels(text: string, direction: 'auto'): object;
  getReorderedString(text: string, levels: object): string;
}

/** Everything that is written for GitHub's Markdown. */
const texts = {
  comment: (record: RunRecord): string =>
    renderMarkdown(record, { limit: 65_536, measure: characters, folded: true, links }),
  summary: (record: RunRecord): string =>
    renderMarkdown(record, { limit: 900_000, measure: bytes, folded: false, links }),
  'release notes': (record: RunRecord): string =>
    releaseNotes(record, {
      tag: record.base.name,
      records: new Map(record.models.map((model) => [model.name, { ...record, models: [model] }])),
    }),
};

/** What is put into texts so that GitHub reads no references and names keep to themselves; none of it is seen. */
const unseen = (text: string): string => text.replace(/[\u200b\u2067\u2069]/g, '');
const unspaced = (text: string): string => unseen(text).replace(/\s+/g, '');
/** What is not seen, or turns what follows, is shown as such. */
const shown = (name: string): string =>
  name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe00-\ufe0f])\p{DI}/gu, '\ufffd');

/** For each text of a record another name, short enough to be shown as a whole. */
function differentNames(record: RunRecord, seed: number): Map<string, string> {
  const random = randomNumbers(seed);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  withTexts(record, (text) => {
    for (let parts = 5; !names.has(text); parts++) {
      const name = [...hostileName(random, parts)].slice(0, 60).join('');
      if (!taken.has(name) && name.trim() !== '') names.set(text, name);
      taken.add(name);
    }
    return names.get(text) as string;
  });
  return names;
}

/** Elements that say nothing of the structure: they keep references from being read. */
function structureOf(root: Root): string[] {
  return outlineOf(root).filter((line) => !/^ *(?:span|code) $/.test(line));
}

function expectHarmless(root: Root): void {
  expect(referencesOf(root)).toEqual([]);
  const elements = elementsOf(root);
  const addresses = elements
    .flatMap(({ properties: { href, src } }) => [href, src])
    .filter((each) => each !== undefined);
  expect(addresses.filter((address) => address !== LINK)).toEqual([]);
  for (const { tagName, properties } of elements) {
    expect(tagName).toMatch(
      /^(?:h3|h4|p|strong|em|a|table|thead|tbody|tr|th|td|br|details|summary|ul|li|sub|span|code)$/,
    );
    expect(Object.keys(properties).filter((name) => name !== 'href' && name !== 'open')).toEqual([]);
  }
  for (const table of tablesOf(root)) expect(new Set(table.map(({ length }) => length)).size).toBe(1);
  expect(textOf(root)).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200c-\u200f\u202a-\u202e\u2066\u2068\ud800-\udfff](?![\udc00-\udfff])/u,
  );
  expectIsolated(textOf(root));
}

/** What is written from right to left stands between marks, with nothing else. */
function expectIsolated(text: string): void {
  const rest = text.replace(/\u2067[^\u2067\u2069a-zA-Z0-9]*\u2069/g, '');
  expect(rest).not.toMatch(
    /[\u2067\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u,
  );
}

describe.each(Object.entries(texts))('%s', (_, render) => {
  test('names of every kind, in every place, are text: what is made of them is what is made of plain words', () => {
    const full = fullRecord();
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const names = differentNames(full, seed);
      const named = withTexts(full, (text) => names.get(text) as string);
      const wordOf = new Map([...names.keys()].map((text, i) => [text, `w${String(i).padStart(4, '0')}e`]));
      const nameOf = new Map([...names].map(([text, name]) => [wordOf.get(text), name]));
      const plain = withTexts(full, (text) => wordOf.get(text) as string);
      const [hostile, harmless] = [renderOnGitHub(render(named)), renderOnGitHub(render(plain))];
      expect(structureOf(hostile)).toEqual(structureOf(harmless));
      const expected = textOf(harmless).replace(/w\d{4}e/g, (found) => shown(nameOf.get(found) as string));
      expect(unspaced(textOf(hostile))).toBe(unspaced(expected));
      expectHarmless(hostile);
    }
  });
});

test('what says nothing is shown as such, and makes no heading of the line before', () => {
  const record = withTexts(fullRecord(), (text) => (text === 'Cross' ? text : ' '));
  expect(structureOf(renderOnGitHub(texts.comment(record))).join('\n')).not.toContain('h2');
  expectHarmless(renderOnGitHub(texts.comment(record)));
});

describe('300 models with long and hostile names', () => {
  const random = randomNumbers(6);
  const names = Array.from({ length: 300 }, (_, i) => `${hostileName(random, 30)} ${i}`);
  const longest = names.map((name, i) => (i % 10 === 0 ? name.repeat(40).slice(0, 4000) : name));
  const models = longest.map(
    (name, i): Model =>
      sampleModel({
        name,
        path: name,
        variants: [
          sampleVariant({
            name: `int8 ${names[(i + 7) % 300]}`,
            verdict: i % 3 === 0 ? 'failed' : 'passed',
            checks: i % 3 === 0 ? [sampleCheck({ reason: `${name} is too large.` })] : [],
            findings:
              i % 5 === 0
                ? Array.from({ length: 2 }, (_, k) => sampleFinding({ detail: `${name} ${k}`, op: name }))
                : [],
          }),
        ],
      }),
  );
  const record = sampleRecord({
    verdict: 'failed',
    headline: `100 of 300 variants failed: ${longest.slice(0, 3).join('; ')}.`,
    models,
    findings: Array.from({ length: 60 }, (_, i) =>
      sampleFinding({ detail: `${longest[i % 300]} ${i}`, op: `op ${i}` }),
    ),
    base: { kind: 'file', name: longest[0] as string, reason: longest[10] as string },
  });

  test.each([
    ['comment', characters, 65_536],
    ['summary', bytes, MIB],
  ] as const)('the %s has every model or says how many are left out', (kind, measure, limit) => {
    const markdown = texts[kind](record);
    expect(measure(markdown)).toBeLessThanOrEqual(limit);
    const root = renderOnGitHub(markdown);
    expectHarmless(root);
    const [table = []] = tablesOf(root);
    expect(table[0]).toEqual(['model', 'verdict', 'size', 'accuracy', 'ops', 'targets']);
    const [, left = '0'] = /(\d+) more rows of the table are left out here/.exec(textOf(root)) ?? [];
    expect(table.length - 1 + Number(left)).toBe(300);
    // What failed comes first.
    const verdicts = table.slice(1).map(([, verdict]) => verdict);
    expect(
      verdicts
        .slice(0, Math.min(100, verdicts.length))
        .every((verdict) => verdict === '❌ size' || verdict === '❌ failed'),
    ).toBe(true);
    expect(verdicts.length).toBeGreaterThan(30);
    const details = elementsOf(root).filter(({ tagName }) => tagName === (kind === 'comment' ? 'summary' : 'h4'));
    const [, hidden = '0'] = /(\d+) more models in detail are left out here/.exec(textOf(root)) ?? [];
    const noted = models.filter((_, i) => i % 3 === 0 || i % 5 === 0).length;
    expect(details.length + Number(hidden)).toBe(noted);
    expect(details.length).toBeGreaterThan(3);
  });

  test('artifacts and assets get different names that GitHub takes', () => {
    const legal = longest.map((name) => legalName(name, '.tflite'));
    for (const name of legal) expect(name).toMatch(/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?\.tflite$/);
    expect(Math.max(...legal.map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(new Set(legal).size).toBe(new Set(longest).size);
  });
});

describe('names that are written from right to left', () => {
  // Its types say something else than what it is.
  const bidi = (bidiFactory as unknown as () => BidirectionalAlgorithm)();
  const visual = (text: string): string => {
    const levels = bidi.getEmbeddingLevels(text, 'auto');
    return unseen(bidi.getReorderedString(text, levels));
  };

  test.each([
    'שלום',
    'مرحبا بالعالم',
    'שלום 12',
    '(שלום)',
    'int8 שלום',
    'ש',
    'א-ב/ג',
    '١٢٣',
    '\u202eabc',
    'שלום\u202e',
  ])('%s: our own words stay where they are', (name) => {
    const record = sampleRecord({
      models: [
        sampleModel({
          name,
          variants: [
            sampleVariant({
              verdict: 'failed',
              checks: [sampleCheck({ reason: `${name} is 204.5 kB, 4.5 kB more than the 200 kB of ${name}, 3 of 4.` })],
            }),
          ],
        }),
      ],
    });
    const root = renderOnGitHub(texts.comment(record));
    const [cells = []] = (tablesOf(root)[0] ?? []).slice(1);
    expect(visual(cells[0] as string)).toMatch(/ int8$/);
    const [reason] = elementsOf(root).filter(({ tagName }) => tagName === 'li');
    const line = visual(textOf(reason as NonNullable<typeof reason>));
    expect(line).toMatch(/^❌ .* is 204\.5 kB, 4\.5 kB more than the 200 kB of .*, 3 of 4\.$/);
    const [title] = elementsOf(root).filter(({ tagName }) => tagName === 'summary');
    expect(visual(textOf(title as NonNullable<typeof title>))).toMatch(/ \(int8\)$/);
  });
});
