import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { defaultConfig } from '#config/file/parse-config.js';
import { parseConfigBytes, readConfig } from '#config/read-config.js';
import type { DiagnosticError } from '#diagnostics/diagnostic.js';
import { exitCodeOf } from '#diagnostics/exit-code.js';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

function repository(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'read-config-'));
  roots.push(root);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  return root;
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(exitCodeOf(error)).toBe(2);
    return (error as DiagnosticError).diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join('\n');
  }
  throw new Error('it was taken');
}

const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe('readConfig', () => {
  test('none: every SavedModel, float, agreement', () => {
    const config = readConfig(repository({}));
    expect(config).toEqual(defaultConfig());
    expect(config.models).toMatchObject([
      {
        path: '**',
        variants: [{ name: 'float32', quantize: 'float32' }],
        evaluate: { data: undefined, metrics: [{ metric: 'agreement' }] },
      },
    ]);
  });

  test.each(['.tflite-gate.yml', '.tflite-gate.yaml', '.tflite-gate.json'])('%s', (name) => {
    const text = '{ "version": 1, "models": [{ "path": "models/a" }] }';
    const config = readConfig(repository({ [name]: text }));
    expect([config.file, config.models[0]?.path]).toEqual([name, 'models/a']);
  });

  test('a byte order mark and Windows line ends', () => {
    const config = parseConfigBytes(bytes('\ufeffversion: 1\r\nmodels:\r\n  - path: models/a\r\n'), 'x.yml');
    expect(config.models[0]?.path).toBe('models/a');
    expect(refusal(() => parseConfigBytes(bytes('\ufeffversoin: 1\r\nversion: 1\r\nx: 1'), 'x.yml'))).toMatch(
      /x\.yml:1:1: .*\n.*x\.yml:3:1: /,
    );
  });

  test('two at once', () => {
    const root = repository({ '.tflite-gate.yml': 'version: 1', '.tflite-gate.json': '{}' });
    expect(refusal(() => readConfig(root))).toBe(
      'invalid-config: .tflite-gate.json stands beside .tflite-gate.yml, and only one of them can count.',
    );
    expect(readConfig(root, '.tflite-gate.yml').file).toBe('.tflite-gate.yml');
  });

  test('not there, a folder, too large', () => {
    const root = repository({ 'large.yml': Buffer.alloc(2 ** 20 + 1, '#') });
    mkdirSync(join(root, '.tflite-gate.yml'));
    expect(refusal(() => readConfig(root, 'x.yml'))).toBe('file-unreadable: x.yml does not exist.');
    expect(refusal(() => readConfig(root))).toBe('invalid-config: .tflite-gate.yml is a folder.');
    expect(refusal(() => readConfig(root, 'large.yml'))).toMatch(/large\.yml has 1048577 bytes/);
    expect(refusal(() => parseConfigBytes(Buffer.alloc(2 ** 20 + 1), 'large.yml'))).toMatch(/has 1048577 bytes/);
  });

  test.each<[string, Buffer, string]>([
    [
      'a Git LFS pointer',
      bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n'),
      'lfs-pointer: x.yml is a Git LFS pointer.',
    ],
    ['UTF-16', Buffer.from('\ufeffversion: 1', 'utf16le'), 'invalid-config: x.yml is in UTF-16.'],
    [
      'Latin-1',
      bytes('version: 1\npython: ', Buffer.from([0xe9])),
      'invalid-config: x.yml:2:9: a byte stands here that is no text in UTF-8.',
    ],
    [
      'a binary file',
      bytes('version: 1\n\0\0'),
      'invalid-config: x.yml:2:1: a byte stands here that is no text in UTF-8.',
    ],
    ['a deep nest', bytes('['.repeat(200_000)), 'invalid-config: x.yml:1:1: it is nested too deeply.'],
  ])('%s', (_, content, message) => {
    expect(refusal(() => parseConfigBytes(content, 'x.yml'))).toBe(message);
  });

  test('paths may lead anywhere where the file is the user’s own', () => {
    const text = bytes('version: 1\nmodels: [{ path: /srv/a, evaluate: { data: ../b.npz } }]');
    expect(refusal(() => parseConfigBytes(text, 'x.yml'))).toMatch(/models\[0\]\.path/);
    expect(parseConfigBytes(text, 'x.yml', { pathsAnywhere: true }).models[0]).toMatchObject({
      path: '/srv/a',
      evaluate: { data: '../b.npz' },
    });
  });
});
