import { describe, expect, test } from '@jest/globals';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { exportOptionsOf } from '#tflite/import/export-options.js';
import { importModel } from '#tflite/import/import-model.js';
import { bothDialects } from '../../support/dialects.js';
import { exported, signaturesOf } from './files.js';

const text = `signature "a" (%x "x": tensor<2xf32>, %z "z": tensor<2xf32>) -> ("sum", "same") {
    %y = tfl.add(%x, %z) loc("net/add") return %y, %x }
  signature "b" (%x "x": tensor<2xf32>) -> ("y") { %y = tfl.abs(%x) return %y }`;

function written(): ModelRecord {
  return parseModel(serializeModel(exportModule(parseModule(text, bothDialects))));
}

function interfaceOf({ signatures }: Module): readonly unknown[] {
  return signatures.map(({ key, inputNames, outputNames }) => [key, inputNames, outputNames]);
}

describe('signatures', () => {
  test('have the names and the order of their subgraphs', () => {
    const model = written();
    const reversed = { ...model, signature_defs: [...model.signature_defs].reverse() };
    expect(interfaceOf(importModel(reversed))).toEqual([
      ['a', ['x', 'z'], ['sum', 'same']],
      ['b', ['x'], ['y']],
    ]);
  });

  test('inputs that a signature does not name have the name of their tensor', () => {
    const model = written();
    const [a, b] = model.signature_defs;
    if (!a || !b) throw new Error('a signature is missing');
    const partial = { ...model, signature_defs: [{ ...a, inputs: a.inputs.slice(1) }, b] };
    expect(interfaceOf(importModel(partial))[0]).toEqual(['a', ['a_x:0', 'z'], ['sum', 'same']]);
  });

  test('a tensor with two names is two outputs', () => {
    const model = written();
    const [a, b] = model.signature_defs;
    const [sum] = a?.outputs ?? [];
    if (!a || !b || !sum) throw new Error('a signature is missing');
    const twice = { ...model, signature_defs: [{ ...a, outputs: [...a.outputs, { ...sum, name: 'again' }] }, b] };
    const module = importModel(twice);
    expect(interfaceOf(module)[0]).toEqual(['a', ['x', 'z'], ['sum', 'same', 'again']]);
    expect(signaturesOf(exported(module, twice))).toEqual(signaturesOf(twice));
  });

  test('a file without signatures stays without; its names are those of the tensors', () => {
    const model = { ...written(), signature_defs: [] };
    const module = importModel(model);
    expect(interfaceOf(module)).toEqual([['', ['a_x:0', 'a_z:0'], ['sum', 'a_x:0']]]);
    const again = exported(module, model);
    expect(again.signature_defs).toEqual([]);
    expect(again.subgraphs.map(({ name }) => name)).toEqual(['main']);
  });

  test('the first subgraph is kept where only others have signatures', () => {
    const model = written();
    expect(interfaceOf(importModel({ ...model, signature_defs: model.signature_defs.slice(1) }))).toEqual([
      ['', ['a_x:0', 'a_z:0'], ['sum', 'a_x:0']],
      ['b', ['x'], ['y']],
    ]);
  });

  test('two of one key are refused', () => {
    const model = written();
    const same = model.signature_defs.map((signature) => ({ ...signature, signature_key: 'a' }));
    expect(() => importModel({ ...model, signature_defs: same })).toThrow('there are two signatures "a"');
  });
});

describe('what is written again', () => {
  const own = (content: string): Uint8Array => new TextEncoder().encode(content);

  test('names of tensors, description and metadata of its own', () => {
    const options = { description: 'mine', metadata: [{ name: 'labels', content: own('cat dog') }] };
    const module = parseModule(text, bothDialects);
    const names = new Map([['a', { inputs: ['p', 'q'], outputs: ['r', 's'] }]]);
    const model = parseModel(serializeModel(exportModule(module, { ...options, tensorNames: names })));
    const again = exported(importModel(model), model);
    expect(again.description).toBe('mine');
    const metadata = again.metadata.map(({ name, buffer }) => [
      name,
      Buffer.from(again.buffers[buffer] ?? []).toString(),
    ]);
    expect(metadata.filter(([name]) => name !== 'min_runtime_version')).toEqual([['labels', 'cat dog']]);
    const tensors = again.subgraphs.map((graph) => graph.tensors.map(({ name }) => name));
    expect(tensors).toEqual([
      ['p', 'q', 'r'],
      ['b_x:0', 'y'],
    ]);
  });

  test('not what speaks of the layout of the file', () => {
    const model = written();
    const metadata = [...model.metadata, { name: 'OfflineMemoryAllocation', buffer: 1 }];
    expect(exportOptionsOf({ ...model, metadata }).metadata).toEqual([]);
  });

  test('tensors without a name get one', () => {
    const model = written();
    const subgraphs = model.subgraphs.map((graph) => ({
      ...graph,
      tensors: graph.tensors.map((tensor) => ({ ...tensor, name: '' })),
    }));
    const again = exported(importModel({ ...model, subgraphs }), { ...model, subgraphs });
    expect(again.subgraphs[0]?.tensors.map(({ name }) => name)).toEqual(['tensor_0', 'tensor_1', 'tensor_2']);
  });
});
