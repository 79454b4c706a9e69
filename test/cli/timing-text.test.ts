import { expect, test } from '@jest/globals';
import { stageTimes, timingText } from '#cli/timing-text.js';

const timings = [
  { name: 'read-saved-model', ms: 10, ops: 0, changed: false },
  { name: 'fold-constants', ms: 3, ops: 9, changed: true },
  { name: 'infer-types', ms: 5, ops: 9, changed: true },
  { name: 'fold-constants', ms: 1, ops: 8, changed: true },
  { name: 'write-file', ms: 30, ops: 0, changed: false },
];

test('runs of a pass are added up, in the order in which stages began', () => {
  expect(stageTimes(timings)).toEqual([
    { name: 'read-saved-model', ms: 10, runs: 1 },
    { name: 'fold-constants', ms: 4, runs: 2 },
    { name: 'infer-types', ms: 5, runs: 1 },
    { name: 'write-file', ms: 30, runs: 1 },
  ]);
});

test('shares add up to all, with what no stage accounts for', () => {
  expect(timingText('m', timings, 50, 71)).toBe(
    [
      'm: where the time went; the process began 71 ms before',
      '  read-saved-model             10.00 ms   20.0 %',
      '  fold-constants, 2 runs        4.00 ms    8.0 %',
      '  infer-types                   5.00 ms   10.0 %',
      '  write-file                   30.00 ms   60.0 %',
      '  everything else               1.00 ms    2.0 %',
      '  all                          50.00 ms  100.0 %',
      '',
    ].join('\n'),
  );
});
