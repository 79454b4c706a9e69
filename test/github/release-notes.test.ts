import { expect, test } from '@jest/globals';
import { releaseNotes } from '#github/release-notes.js';
import {
  HOSTILE,
  sampleFigures,
  sampleMetric,
  sampleModel,
  sampleRecord,
  sampleVariant,
} from '../record/sample-record.js';

const plain = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replaceAll('\u200b', '');

test('each file has a row, with its change since the release before', () => {
  const now = sampleModel({ variants: [sampleVariant({ metrics: [sampleMetric({ value: 0.95 })] })] });
  const before = sampleModel({ variants: [sampleVariant({ figures: sampleFigures({ bytes: 200_000, ops: 11 }) })] });
  const records = new Map([['digits', sampleRecord({ models: [before] })]]);
  const notes = plain(releaseNotes(sampleRecord({ models: [now] }), { tag: 'v1', records }));
  expect(notes).toContain('| digits int8 | 205 kB (+4.5 kB, +2.2%) | top-1 0.95 (−0.04) | 12 (+1) |');
  expect(notes).toContain('Changes are those since v1.');
});

test('the first release has nothing to be compared with', () => {
  for (const previous of [undefined, { tag: 'v1', records: new Map() }]) {
    const notes = plain(releaseNotes(sampleRecord(), previous));
    expect(notes).toContain('| digits int8 | 205 kB | top-1 0.99 | 12 |');
    expect(notes).toContain('no earlier release');
  }
});

test('names are text, and many of them are cut', () => {
  const models = HOSTILE.flatMap((name) => Array.from({ length: 30 }, () => sampleModel({ name })));
  const notes = releaseNotes(sampleRecord({ models }), undefined);
  expect(notes).not.toMatch(/<script|@octocat|!\[|\]\(|`/);
  const rows = notes.split('\n').filter((line) => line.startsWith('| ') && line.includes('int8'));
  expect(rows.length).toBeGreaterThan(100);
  for (const row of rows) expect(row.match(/\|/g)).toHaveLength(5);
  expect(notes).toContain(`_${models.length - rows.length} more are among the assets._`);
  expect(notes.length).toBeLessThan(90_000);
});
