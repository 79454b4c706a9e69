import { expect, test } from '@jest/globals';
import { renderRecord } from '#report/render-record.js';
import { manyModelsReport, passingReport } from './html/sample-reports.js';

test.each([
  ['text', /^Passed: 2 variants/],
  ['markdown', /^### TFLite Gate\n\n✅ \*\*Passed/],
  ['html', /^<!DOCTYPE html>/],
  ['sarif', /"version": "2\.1\.0"/],
  ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites/],
] as const)('renders %s', (format, start) => {
  const { record, graphs } = passingReport();
  expect(renderRecord(record, format, { graphs })).toMatch(start);
});

test('Markdown has all models, and nothing folded', () => {
  const text = renderRecord(manyModelsReport(300).record, 'markdown');
  expect(text.match(/^\| model/gm)).toHaveLength(301);
  expect(text).not.toMatch(/left out|<details/);
});
