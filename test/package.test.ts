import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { actionInputNames } from '#config/action-config.js';
import { version } from '#version.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

describe('the npm package', () => {
  let files: Map<string, PackedFile>;
  beforeAll(() => {
    // npm's own script, as the `npm` of Windows cannot be started without a shell.
    const npm = process.env['npm_execpath'];
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const options = { cwd: root, encoding: 'utf8', shell: !npm && process.platform === 'win32' } as const;
    const packed = npm ? execFileSync(process.execPath, [npm, ...args], options) : execFileSync('npm', args, options);
    const [{ files: list }] = JSON.parse(packed) as [{ files: PackedFile[] }];
    files = new Map(list.map((file) => [file.path, file]));
  });

  test('holds what users need', () => {
    const wanted = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'action.yml'];
    const bundle = [
      'cli.js',
      'main.js',
      'index.mjs',
      'runtime-worker.mjs',
      'package.json',
      'THIRD-PARTY-LICENSES',
      'op-signatures.txt',
    ];
    const wasm = ['litert-compat.wasm.br', 'litert-compat.cjs', 'litert-relaxed.wasm.br', 'litert-relaxed.cjs'];
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([...wanted, ...[...bundle, ...wasm].map((name) => `dist/${name}`)]),
    );
  });

  test('holds no more than that', () => {
    const others = [...files.keys()].filter((path) => !path.startsWith('dist/'));
    expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'action.yml', 'package.json']);
    const inDist = [...files.keys()].filter((path) => path.startsWith('dist/'));
    const data =
      /\/(?:package\.json|THIRD-PARTY-LICENSES|op-signatures\.txt|tensorflow-host\.py|(?:tensorflow|litert)-requirements\.txt)$/;
    for (const path of inDist)
      expect(data.test(path) || /\.(?:m?js|cjs|(?:wasm|node)\.br)$/.test(path) ? '' : path).toBe('');
  });

  test('has a command that can be started', () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
    expect(bin).toEqual({ 'tflite-gate': 'dist/cli.js' });
    expect(read('dist/cli.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
    if (process.platform !== 'win32') expect((files.get('dist/cli.js')?.mode ?? 0) & 0o111).toBe(0o111);
  });

  test('is of the version that the command says', () => {
    expect((JSON.parse(read('package.json')) as { version: string }).version).toBe(version);
  });
});

/** The names in one section of action.yml. */
function namesIn(section: string): string[] {
  const [, body = ''] = new RegExp(`^${section}:\\n((?: .*\\n)+)`, 'm').exec(read('action.yml')) ?? [];
  return [...body.matchAll(/^ {2}([\w-]+):$/gm)].map(([, name]) => name as string);
}

describe('action.yml', () => {
  test('starts a file of dist/', () => {
    expect(read('action.yml')).toMatch(/^ {2}using: node24\n {2}main: dist\/index\.mjs$/m);
  });

  test('has the inputs that the action reads', () => {
    expect(namesIn('inputs')).toEqual(actionInputNames);
  });

  test('has the outputs that the action sets', () => {
    const source = ['run-step', 'publish'].map((name) => read(`src/action/${name}.ts`)).join('');
    expect(namesIn('outputs').sort()).toEqual(
      [...new Set([...source.matchAll(/setOutput\(\s*'([^']+)'/g)].map(([, name]) => name as string))].sort(),
    );
  });

  test('is described in README.md', () => {
    for (const name of [...namesIn('inputs'), ...namesIn('outputs')])
      expect(read('README.md')).toContain(`| \`${name}\` |`);
  });
});
