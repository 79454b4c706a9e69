import * as core from '@actions/core';
import { expect, jest, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { setFailedBy } from '../../src/action/failure.js';
import { HOSTILE, sampleFinding } from '../record/sample-record.js';
import { RecordingToolkit } from './toolkit.js';

type Diagnostics = ConstructorParameters<typeof DiagnosticError>[0];

const errorOf = (...findings: ReturnType<typeof sampleFinding>[]): DiagnosticError =>
  new DiagnosticError(findings as unknown as Diagnostics);

test('more findings than GitHub shows are counted, and stand in the log', () => {
  const toolkit = new RecordingToolkit();
  setFailedBy(toolkit, errorOf(...Array.from({ length: 30 }, (_, i) => sampleFinding({ detail: `Bad ${i}.` }))), 'No.');
  expect(toolkit.annotations).toHaveLength(9);
  expect(toolkit.annotations.at(-1)).toMatchObject({ title: '22 more' });
  expect(toolkit.log).toHaveLength(30);
  expect(toolkit.failure).toBe('No.');
});

test('whatever the names are, the runner reads one command a finding', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    for (const name of [...HOSTILE, '::error::x', '\n::add-mask::x', 'a%0Ab', 'a,b:c=d', '##[error]x']) {
      write.mockClear();
      const finding = sampleFinding({ title: name, detail: name, help: [name], locations: [{ file: name, line: 3 }] });
      setFailedBy(core, errorOf(finding), 'No.');
      const lines = write.mock.calls
        .map(([text]) => String(text))
        .join('')
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(2);
      const [, properties = '', message = ''] = /^::error (.*?)::(.*)$/.exec(lines[0] as string) ?? [];
      expect(Object.fromEntries(properties.split(',').map((each) => each.split('=')))).toEqual({
        title: expect.any(String),
        file: expect.any(String),
        line: '3',
      });
      expect(message).not.toMatch(/[\r\n\u001b\u202e]/);
      expect(lines[1]).toBe('::error::No.');
    }
  } finally {
    write.mockRestore();
    process.exitCode = 0;
  }
});
