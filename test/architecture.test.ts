import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path/posix';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '#diagnostics/catalogue.js';
import { passesOf } from '#passes/run-passes.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { tflOps } from '#tflite/ops/index.js';
import { conversionPasses } from '../src/pipeline.js';
import { savedModel } from './support/saved-models.js';

const HARD_LIMIT = 500;
const SOFT_LIMIT = 300;

/** Over the soft limit, as splitting them would make them harder to read. This list may only shrink. */
const LONG = new Set([
  'src/quantize/calibration/observed-model.ts',
  'src/ir/graph.ts',
  'src/tensorflow/import/graph-importer.ts',
  'src/tensorflow/symbolic/shape-rules.ts',
  'src/wire/flatbuffers/tflite/builtin-options.ts',
  'src/wire/flatbuffers/tflite/operator-options.ts',
]);

/** The one folder that imports a third-party library. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  protobufjs: ['wire'],
  flatbuffers: ['wire'],
  '@litertjs/core': ['runtime'],
  koffi: ['runtime'],
  '@actions/core': ['action'],
  '@actions/artifact': ['action', 'github'],
  '@actions/github': ['github'],
  '@actions/attest': ['github'],
  '@actions/cache': ['github'],
  '@octokit/plugin-retry': ['github'],
  zod: ['config', 'record', 'check'],
  tinyglobby: ['config'],
  '@jsquash/jpeg': ['data'],
  pngjs: ['data'],
  'csv-parse': ['data'],
  wavefile: ['data'],
  jstat: ['evaluate'],
  'pure-rand': ['evaluate'],
  '@dagrejs/dagre': ['report'],
  'd3-scale': ['report'],
  'd3-shape': ['report'],
  yaml: ['diagnostics', 'config'],
};

/** Ops without a case: today's TensorFlow neither makes nor runs graphs that hold them. */
const NO_LONGER_MADE = new Set([
  'BatchNormWithGlobalNormalization',
  'InitializeTableV2',
  'TFLite_Detection_PostProcess',
  'TopK',
]);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file.replaceAll('\\', '/')))
  .filter((file) => file.endsWith('.ts') && !file.includes('.generated.'));
const text = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const linesOf = (file: string): number => (text.get(file) as string).split('\n').length - 1;

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

interface PassFile {
  readonly file: string;
  readonly name: string;
  readonly summary: string;
}

/** What is defined in a `passes` folder by `definePass` or `rewritePass`. */
const passFiles = files
  .filter((file) => basename(dirname(file)) === 'passes')
  .flatMap((file): PassFile[] =>
    [
      ...(text.get(file) as string).matchAll(
        /(?:definePass|rewritePass)\(\{\s*name: '(.*?)',\s*summary:\s*'(.*?)',\n/gs,
      ),
    ].map(([, name = '', summary = '']) => ({ file, name, summary })),
  );

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, i) => items.indexOf(item) !== i);
}

describe('passes', () => {
  test.each(passFiles)('$file is named like the pass, has a test and a summary', ({ file, name, summary }) => {
    expect(name).toBe(basename(file, '.ts'));
    expect(new RegExp(`export (?:const|function) ${camelCase(name)}\\b`).test(text.get(file) as string)).toBe(true);
    expect(existsSync(file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts'))).toBe(true);
    expect(summary).toMatch(/^[A-Z].{20,}/);
  });

  test('summaries are unique', () => {
    expect(duplicates(passFiles.map(({ summary }) => summary))).toEqual([]);
  });

  test('the pipeline runs those passes', () => {
    const steps = conversionPasses(savedModel({ nodes: [] }));
    const known = new Set(passFiles.map(({ name }) => name));
    for (const { name } of passesOf(steps)) expect(known).toContain(name);
  });
});

describe('files and folders', () => {
  test('no file is too long', () => {
    expect(files.filter((file) => linesOf(file) > HARD_LIMIT)).toEqual([]);
    expect(files.filter((file) => linesOf(file) > SOFT_LIMIT && !LONG.has(file))).toEqual([]);
  });

  test('names are in kebab-case', () => {
    expect(files.filter((file) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.ts$/.test(basename(file)))).toEqual([]);
  });

  test.each([...new Set(files.map(dirname))].filter((folder) => folder !== 'src'))('%s says what it is', (folder) => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/\S.{80,}/s);
  });

  test('only ops and the library as a whole are re-exported', () => {
    const barrels = files.filter((file) => /^export \* from/m.test(text.get(file) as string));
    expect(barrels.sort()).toEqual(['src/tensorflow/ops/index.ts', 'src/tflite/ops/index.ts']);
  });
});

describe('imports', () => {
  const packages = /(?:from|import|require\.resolve|require)\s*\(?\s*'([^'.#][^']*)'/g;

  test('each library is imported by one folder', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    // Of koffi, dist/ holds the binaries; the sources know its types.
    expect([...Object.keys(dependencies), 'koffi'].sort()).toEqual(Object.keys(LIBRARIES).sort());
    const strays: string[] = [];
    for (const [file, content] of text) {
      for (const [, specifier = ''] of content.matchAll(packages)) {
        const library = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        const folders = LIBRARIES[library];
        if (folders && !folders.includes(file.split('/')[1] as string)) strays.push(`${file}: ${library}`);
      }
    }
    expect(strays).toEqual([]);
  });

  test('who may import whom is what the linter enforces', () => {
    const table = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([\w-]+)` \| (.*?) \|/gm);
    const allowed = new Map(
      [...table].map(([, folder = '', list = '']) => [
        folder,
        [...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
      ]),
    );
    const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: readonly Override[] };
    const all = overrides.map(({ includes }) => includes[0]?.split('/')[1] as string);
    for (const { includes, linter } of overrides) {
      const folder = includes[0]?.split('/')[1] as string;
      const patterns = linter.rules.style?.noRestrictedImports?.options.patterns[0]?.group;
      if (!patterns) continue;
      const forbidden = patterns.map((pattern) => pattern.slice(1, -2));
      const permitted = all.filter((other) => other !== folder && !forbidden.includes(other));
      expect([folder, [...(allowed.get(folder) ?? [])].sort()]).toEqual([folder, permitted.sort()]);
    }
  });
});

interface Override {
  readonly includes: readonly string[];
  readonly linter: {
    readonly rules: {
      readonly style?: {
        readonly noRestrictedImports?: {
          readonly options: { readonly patterns: readonly { readonly group: readonly string[] }[] };
        };
      };
    };
  };
}

describe('diagnostics', () => {
  const sources = [...text]
    .filter(([file]) => !file.startsWith('src/diagnostics/catalogue'))
    .map(([, content]) => content);

  test.each(Object.keys(catalogue))('%s is reported somewhere', (code) => {
    expect(sources.some((content) => content.includes(`'${code}'`))).toBe(true);
  });

  test('titles and explanations are unique', () => {
    const entries = Object.values(catalogue);
    expect(duplicates(entries.flatMap(({ title, explanation }) => [title, explanation]))).toEqual([]);
  });
});

describe('ops', () => {
  test('summaries of TFLite ops are unique', () => {
    expect(duplicates(tflOps.map(({ name, summary }) => summary ?? name))).toEqual([]);
  });

  test('every TensorFlow op has a case made by TensorFlow', () => {
    const cases = new Set(readdirSync('test/op-cases').map((folder) => folder.replace(/__\d+$/, '')));
    expect([...tfOpByName.keys()].filter((name) => !cases.has(name) && !NO_LONGER_MADE.has(name)).sort()).toEqual([]);
    expect([...NO_LONGER_MADE].filter((name) => cases.has(name) || !tfOpByName.has(name))).toEqual([]);
  });
});
