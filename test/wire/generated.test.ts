import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('the CRC module is what its generator makes', () => {
  expect(() =>
    execFileSync(process.execPath, ['scripts/generate-crc32c.mjs', '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});
