import { expect, test } from '@jest/globals';
import { defaultConfig } from '#config/file/parse-config.js';
import { runCheck, unjudgedChecks } from '#gate/checks/unjudged-checks.js';
import type { Finding } from '#record/findings.js';

const NONE = { min: undefined, max: undefined, maxDrop: undefined, maxRegression: undefined };
const finding = (code: string): Finding => ({
  code,
  severity: 'error',
  title: 'The model does not run in LiteRT',
  detail: 'The runtime crashed.',
  locations: [],
  help: [],
});

test('a file that LiteRT does not run fails, one that it is not given does not', () => {
  expect(runCheck([finding('not-run')])).toEqual([]);
  for (const code of ['run-failed', 'run-timeout']) {
    expect(runCheck([finding('not-a-number'), finding(code)])).toEqual([
      expect.objectContaining({ id: 'run', kind: 'unsupported', verdict: 'fail', reason: 'The runtime crashed.' }),
    ]);
    // Which is what fails a run unless the configuration says otherwise.
    expect(defaultConfig().failOn).toContain('unsupported');
  }
});

test('each limit on a metric that is not known is skipped, and says so', () => {
  expect(unjudgedChecks({ name: 'top-1' }, NONE)).toEqual([]);
  const limits = { ...NONE, min: { absolute: 0.9 }, maxRegression: { relative: 0.05 } };
  const checks = unjudgedChecks({ name: 'top-1' }, limits as Parameters<typeof unjudgedChecks>[1]);
  expect(checks.map(({ id, verdict, limitText }) => [id, verdict, limitText])).toEqual([
    ['metrics.top-1.min', 'skipped', '0.9'],
    ['metrics.top-1.max-regression', 'skipped', '5%'],
  ]);
  expect(checks[0]?.reason).toBe('The file is not run here, so that nothing is known of top-1.');
});
