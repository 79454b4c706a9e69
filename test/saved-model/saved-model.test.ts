import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FunctionDef, SavedModel } from '#saved-model/records.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { failureOf, fixture } from './fixtures.js';

const models = readdirSync(fixture('tf'));
const open = (name: string, tags?: readonly string[]) =>
  openSavedModel(fixture('tf', name, 'saved_model'), tags ? { tags } : {});

function functionOf(model: SavedModel, prefix: string): FunctionDef {
  const name = [...model.functions.names()].find((candidate) => candidate.startsWith(prefix));
  const found = name === undefined ? undefined : model.functions.get(name);
  if (!found) throw new Error(`no function ${prefix}`);
  return found;
}

describe('openSavedModel', () => {
  test.each(models)('reads the signatures of %s', (name) => {
    const model = open(name, ['serve']);
    const summary = JSON.parse(readFileSync(fixture('tf', name, 'fixture.json'), 'utf8'));
    expect(model.tags).toEqual(['serve']);
    expect(model.tensorflowVersion).toBe(summary.tensorflow);
    const graph = summary.meta_graphs.find(({ tags }: { tags: string[] }) => tags.includes('serve'));
    expect([...model.signatures.keys()]).toEqual(graph.signatures.filter((key: string) => !key.startsWith('__')));
    for (const [key, { inputs, outputs }] of Object.entries<Record<string, Record<string, [string, unknown]>>>(
      summary.signatures,
    )) {
      const signature = model.signatures.get(key);
      const asRecord = (
        tensors: typeof signature extends undefined ? never : NonNullable<typeof signature>['inputs'],
      ) => Object.fromEntries(tensors.map(({ name, dtype, shape }) => [name, [dtype, shape]]));
      expect(asRecord(signature?.inputs ?? [])).toEqual(inputs);
      expect(asRecord(signature?.outputs ?? [])).toEqual(outputs);
      const names = signature?.outputs.map((output) => output.name);
      expect(names).toEqual(names?.toSorted());
    }
  });

  test.each(models)('decodes every node and function of %s, and finds all that they refer to', (name) => {
    const model = open(name, ['serve']);
    const nodes = new Map(model.graph.nodes.map((node) => [node.name, node]));
    const check = (inputs: readonly string[], known: ReadonlySet<string>) => {
      for (const input of inputs) expect(known).toContain(input.replace('^', '').split(':')[0]);
    };
    for (const node of model.graph.nodes) {
      check(node.inputs, new Set(nodes.keys()));
      expect(node.attributes.size).toBeGreaterThanOrEqual(0);
    }
    for (const signature of model.signatures.values()) {
      for (const { tensor } of [...signature.inputs, ...signature.outputs])
        expect(nodes.has(tensor.split(':')[0] as string)).toBe(true);
    }
    for (const functionName of model.functions.names()) {
      const body = model.functions.get(functionName) as FunctionDef;
      expect(body.name).toBe(functionName);
      const known = new Set([...body.nodes.map((node) => node.name), ...body.inputs.map((input) => input.name)]);
      for (const node of body.nodes) check(node.inputs, known);
      expect([...body.returns.keys()].sort()).toEqual(body.outputs.map((output) => output.name).sort());
      check([...body.returns.values()], known);
      check([...body.controlReturns.values()], known);
    }
  });

  test('knows the arguments and results of functions', () => {
    const model = open('tf2_shards');
    const wrapper = functionOf(model, '__inference_signature_wrapper');
    expect(wrapper.inputs[0]).toMatchObject({ name: 'x', dtype: 'float32', shape: [null, 16], handleData: [] });
    expect(wrapper.inputs.slice(1).map((input) => input.dtype)).toEqual([
      'resource',
      'resource',
      'resource',
      'resource',
      'resource',
    ]);
    expect(wrapper.outputs.map(({ dtype }) => dtype)).toEqual(['float32']);
    expect(wrapper.nodes.map((node) => node.op)).toContain('StatefulPartitionedCall');
    expect(model.functions.get(wrapper.name)).toBe(wrapper);
    expect(model.functions.has('none')).toBe(false);
    expect(model.functions.get('none')).toBeUndefined();
  });

  test('finds the op that initializes, and assets', () => {
    expect(open('tf1_variables', ['serve']).initOp).toBe('init_all_tables');
    expect(open('tf1_frozen').initOp).toBeUndefined();
    const model = open('tf2_assets');
    expect(model.initOp).toBe('NoOp');
    expect(model.assets).toHaveLength(1);
    expect(model.assets[0]?.path).toBe(join(fixture('tf', 'tf2_assets', 'saved_model'), 'assets', 'vocabulary.txt'));
    expect(model.graph.nodes.map((node) => `${node.name}:0`)).toContain(model.assets[0]?.tensor);
  });

  test('says which encoding a tensor of a signature has', () => {
    const signature = openSavedModel(fixture('sparse')).signatures.get('serving_default');
    expect(signature?.inputs.map(({ name, encoding, tensor }) => ({ name, encoding, tensor }))).toEqual([
      { name: 'lengths', encoding: 'composite', tensor: '' },
      { name: 'words', encoding: 'sparse', tensor: '' },
    ]);
    expect(signature?.outputs[0]).toMatchObject({ name: 'dense', encoding: 'dense', tensor: 'dense:0' });
  });

  test('chooses a graph by its tags', () => {
    expect([...open('tf1_variables', ['train']).signatures.keys()]).toEqual(['loss']);
    expect(failureOf(() => open('tf1_variables', ['serve', 'gpu']))).toMatchObject({
      code: 'unknown-tag',
      detail: `${fixture('tf', 'tf1_variables', 'saved_model')} has no graph with the tags serve,gpu. It has: serve; train.`,
      help: ['Give one of these sets, for example `--tags serve`.'],
    });
    // Without tags it is the only graph, or the one tagged `serve`.
    expect(open('tf1_variables').tags).toEqual(['serve']);
  });
});

describe('a path that is not a SavedModel', () => {
  let folder: string;
  const failure = (...names: string[]) => failureOf(() => openSavedModel(join(folder, ...names)));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'model-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test.each<[string, RegExp]>([
    ['model.keras', /keras\.models\.load_model/],
    ['model.H5', /model\.export\(folder\)/],
    ['model.tflite', /converted model already/],
    ['frozen.pb', /frozen graph/],
    ['saved_model.pb', /^Give its folder: `/],
  ])('tells what to do with %s', (name, help) => {
    writeFileSync(join(folder, name), 'content');
    expect(failure(name).code).toBe('not-a-saved-model');
    expect(failure(name).detail).toMatch(/is a file, not a folder\.$/);
    expect(failure(name).help[0]).toMatch(help);
  });

  test('may not exist, or be empty', () => {
    expect(failure('none')).toMatchObject({
      code: 'not-a-saved-model',
      detail: `${join(folder, 'none')} does not exist.`,
    });
    expect(failure()).toMatchObject({ code: 'not-a-saved-model', detail: `${folder} has no saved_model.pb.` });
  });

  test.each<[string, RegExp]>([
    ['saved_model.pbtxt', /text form/],
    ['saved_model.cpb', /experimental_image_format/],
    ['keras_metadata.pb', /was lost/],
    ['model.weights.h5', /unpacked `\.keras`/],
  ])('tells what a folder with %s is', (name, help) => {
    writeFileSync(join(folder, name), '');
    expect(failure().help[0]).toMatch(help);
  });

  test('may have one in it', () => {
    mkdirSync(join(folder, '1'));
    writeFileSync(join(folder, '1', 'saved_model.pb'), '');
    expect(failure().help[0]).toBe(`Give \`${join(folder, '1')}\`.`);
  });

  test('may be a pointer, be cut off, or hold nothing', () => {
    const file = join(folder, 'saved_model.pb');
    writeFileSync(file, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n');
    expect(failure()).toMatchObject({ code: 'lfs-pointer', locations: [{ file }] });
    cpSync(fixture('tf', 'tf2_dtypes', 'saved_model', 'saved_model.pb'), file);
    truncateSync(file, 20_000);
    expect(failure()).toMatchObject({ code: 'corrupt-file', locations: [{ file }] });
    writeFileSync(file, '');
    expect(failure()).toMatchObject({ code: 'corrupt-file', detail: `${file}: it holds no graph.` });
  });

  // The superuser may read everything, and Windows knows no such modes.
  const permissions = process.platform !== 'win32' && process.getuid?.() !== 0;
  (permissions ? test : test.skip)('may be forbidden', () => {
    const file = join(folder, 'saved_model.pb');
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(failure()).toMatchObject({ code: 'file-unreadable', detail: `No permission to read ${file}.` });
  });

  test('may be unreadable in other ways', () => {
    mkdirSync(join(folder, 'saved_model.pb'));
    expect(failure().code).toBe('file-unreadable');
  });
});
