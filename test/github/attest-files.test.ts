import { expect, test } from '@jest/globals';
import { attestFiles } from '#github/attest-files.js';

const request = { files: [{ name: 'a.tflite', sha256: 'a'.repeat(64) }], token: 'secret-token' };
const tokenUrl = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/token', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' };

test('without the permission a notice names it', async () => {
  expect((await attestFiles({ ...request, environment: {} })).notice).toContain('id-token: write');
});

test('GitHub Enterprise Server has no such service', async () => {
  const environment = { ...tokenUrl, GITHUB_SERVER_URL: 'https://github.example.com' };
  expect((await attestFiles({ ...request, environment })).notice).toContain('Enterprise');
});

test('what fails is a notice without the token', async () => {
  const { notice, id } = await attestFiles({ ...request, environment: tokenUrl });
  expect(id).toBeUndefined();
  expect(notice).toMatch(/^No provenance attestation: .*attestations: write/);
  expect(notice).not.toContain('secret-token');
});
