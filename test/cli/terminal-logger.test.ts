import { expect, test } from '@jest/globals';
import { TerminalLogger } from '#cli/terminal-logger.js';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import { CapturedStreams } from './captured-streams.js';

const error = diagnostic('unsupported-model', { detail: 'No.' });
const warning: Diagnostic = { ...error, severity: 'warning', detail: 'Hm.' };

function everything(logger: TerminalLogger): void {
  logger.progress('working');
  logger.progress('still working');
  logger.note('note');
  logger.diagnostics([warning, error]);
  logger.progress('again');
  logger.result('result');
  logger.output('output');
  logger.failure('failure');
  logger.progress('last');
  logger.close();
}

test('in CI: plain lines, no progress', () => {
  const streams = new CapturedStreams();
  everything(new TerminalLogger(streams, false));
  expect(streams.stdout).toBe('result\noutput\n');
  expect(streams.stderr).toMatchInlineSnapshot(`
"note
error: Model cannot be converted [unsupported-model]
  No.

warning: Model cannot be converted [unsupported-model]
  Hm.
failure
"
`);
});

test('on a terminal: progress on one line, and colours', () => {
  const streams = new CapturedStreams({ isTTY: true });
  everything(new TerminalLogger(streams, false));
  expect(streams.stdout).toBe('result\noutput\n');
  expect(streams.stderr.replaceAll('\u001b', '␛').replaceAll('\r', '␍')).toMatchInlineSnapshot(`
"working␍␛[Kstill working␍␛[Knote
␛[1;31merror␛[0m: Model cannot be converted ␛[2m[unsupported-model]␛[0m
  No.

␛[1;33mwarning␛[0m: Model cannot be converted ␛[2m[unsupported-model]␛[0m
  Hm.
again␍␛[Kfailure
last␍␛[K"
`);
});

test('quiet: what was asked for, and errors', () => {
  const streams = new CapturedStreams({ isTTY: true, env: { NO_COLOR: '1' } });
  everything(new TerminalLogger(streams, true));
  expect(streams.stdout).toBe('output\n');
  expect(streams.stderr).toBe('error: Model cannot be converted [unsupported-model]\n  No.\nfailure\n');
});

test('nothing to tell is nothing written', () => {
  const streams = new CapturedStreams({ isTTY: true });
  const logger = new TerminalLogger(streams, false);
  logger.diagnostics([]);
  logger.close();
  expect(streams.stderr).toBe('');
});

test('names cannot steer the terminal', () => {
  const streams = new CapturedStreams();
  new TerminalLogger(streams, false).result('a\u001b[2Jb');
  expect(streams.stdout).toBe('a\\u001b[2Jb\n');
});
