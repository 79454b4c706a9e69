import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openBundle } from '#saved-model/bundle.js';
import type { AttrValue, FunctionDef, FunctionLibrary, NodeDef, SavedModel } from '#saved-model/records.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { variableBindings } from '#saved-model/variable-bindings.js';
import { Tensor } from '#tensor/tensor.js';
import { decode } from '#wire/protobuf/reader.js';
import { readMetaGraphDef, readSavedModel } from '#wire/protobuf/saved-model.generated.js';
import { fixture } from './fixtures.js';

const open = (name: string) => openSavedModel(fixture('tf', name, 'saved_model'), { tags: ['serve'] });

function boundKeys(model: SavedModel): Record<string, string | undefined> {
  const variables = model.graph.nodes.filter(({ op }) => op === 'VarHandleOp' || op === 'VariableV2');
  return Object.fromEntries(variables.map(({ name }) => [name, model.variableBindings.get(name)?.key]));
}

describe('variable bindings', () => {
  test('of TF1 are traced through assignments in the graph', () => {
    expect(boundKeys(open('tf1_variables'))).toEqual({
      'dense/kernel': 'dense/kernel',
      'dense/bias': 'dense/bias',
      steps: 'steps',
    });
  });

  test('of partitioned variables name the part', () => {
    const model = open('tf1_partitioned');
    expect(model.variableBindings.get('model/table/part_1')).toEqual({
      key: 'model/table',
      slice: { fullShape: [10, 6], start: [4, 0], length: [3, 6] },
    });
    const { key, slice } = model.variableBindings.get('model/kernel/part_2') ?? { key: '' };
    const whole = model.variables.read('model/kernel').data as Float32Array;
    expect([...(model.variables.read(key, slice).data as Float32Array)]).toEqual([...whole.slice(16)]);
  });

  test('of TF2 are traced through restore functions', () => {
    const value = (name: string) => `${name}/.ATTRIBUTES/VARIABLE_VALUE`;
    expect(boundKeys(open('tf2_shards'))).toEqual({
      w0: value('layers/0'),
      w1: value('layers/1'),
      w2: value('layers/2'),
      w3: value('layers/3'),
      w4: value('layers/4'),
    });
    expect(boundKeys(open('tf2_training'))).toMatchObject({
      kernel: value('blocks/0/kernel'),
      'kernel/Adam': value('blocks/0/kernel/.OPTIMIZER_SLOT/optimizer/m'),
    });
  });

  test('of Keras cover what its signatures read', () => {
    const model = open('keras3_export');
    const call = model.graph.nodes.find(
      ({ name }) => name === model.signatures.get('serving_default')?.outputs[0]?.tensor.split(':')[0],
    );
    const keys = call?.inputs.slice(1).map((input) => model.variableBindings.get(input.split(':')[0] as string)?.key);
    expect(keys).toHaveLength(8);
    expect(new Set(keys).size).toBe(8);
    expect(keys).not.toContain(undefined);
  });

  test('are looked up in the object graph where nothing restores', () => {
    const { graph, functions, variables } = open('tf2_training');
    const withoutRestore = { nodes: graph.nodes, functions, variables, restoreOp: '', path: 'saved_model.pb' };
    expect(variableBindings({ ...withoutRestore, objectGraph: new Uint8Array(0) }).get('kernel')).toBeUndefined();
    const file = readFileSync(fixture('tf', 'tf2_training', 'saved_model', 'saved_model.pb'));
    const [metaGraph] = decode(file, readSavedModel).metaGraphs;
    const { objectGraphDef: objectGraph } = decode(metaGraph as Uint8Array, readMetaGraphDef);
    expect(variableBindings({ ...withoutRestore, objectGraph }).get('kernel')).toEqual({
      key: 'blocks/0/kernel/.ATTRIBUTES/VARIABLE_VALUE',
    });
  });
});

describe('graphs of any form', () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const node = (
    name: string,
    op: string,
    inputs: string[] = [],
    attributes: Record<string, AttrValue> = {},
  ): NodeDef => ({
    name,
    op,
    inputs,
    device: '',
    attributes: new Map(Object.entries(attributes)),
    originalNames: [],
  });
  const strings = (name: string, ...values: string[]) =>
    node(name, 'Const', [], {
      value: { kind: 'tensor', value: Tensor.fromStrings([values.length], values.map(text)) },
    });
  const call = (name: string, callee: string, inputs: string[]) =>
    node(name, 'StatefulPartitionedCall', inputs, { f: { kind: 'function', name: callee, attributes: new Map() } });
  const body = (name: string, inputs: string[], nodes: NodeDef[]): FunctionDef => ({
    name,
    inputs: inputs.map((input) => ({ name: input, dtype: 'resource', shape: null, handleData: [] })),
    outputs: [],
    nodes,
    returns: new Map(),
    controlReturns: new Map(),
    attributes: new Map(),
  });
  const library = (...functions: FunctionDef[]): FunctionLibrary => ({
    get: (name) => functions.find((candidate) => candidate.name === name),
    has: (name) => functions.some((candidate) => candidate.name === name),
    names: () => functions.map(({ name }) => name),
    gradients: new Map(),
  });
  const bind = (nodes: NodeDef[], functions: FunctionLibrary = library()) =>
    variableBindings({
      nodes,
      functions,
      restoreOp: 'restore_all',
      objectGraph: new Uint8Array(0),
      variables: openBundle('none'),
      path: 'saved_model.pb',
    });
  const handle = (name: string, sharedName = '') =>
    node(name, 'VarHandleOp', [], { shared_name: { kind: 'string', value: text(sharedName) } });
  const restore = [
    strings('names', 'a', 'b', 'c'),
    strings('slices', '', '4 2 1,2:-', '4 2 3,9:-'),
    node('RestoreV2', 'RestoreV2', ['prefix', 'names', 'slices']),
  ];

  test('bind through nested calls, identities and slices', () => {
    const inner = body('inner', ['to', 'value'], [node('assign', 'AssignVariableOp', ['to', 'value'])]);
    const outer = body(
      'outer',
      ['v', 'w'],
      [
        ...restore,
        node('Identity', 'Identity', ['RestoreV2:tensors:0']),
        call('call', 'inner', ['v', 'Identity:output:0']),
        node('assign', 'AssignVariableOp', ['w', 'RestoreV2:tensors:1']),
      ],
    );
    const bindings = bind([handle('v'), handle('w'), call('restore_all', 'outer', ['v', 'w'])], library(inner, outer));
    expect(bindings.get('v')).toEqual({ key: 'a' });
    expect(bindings.get('w')).toEqual({ key: 'b', slice: { fullShape: [4, 2], start: [1, 0], length: [2, 2] } });
    expect(bindings.get('restore_all')).toBeUndefined();
  });

  test('bind what shares a name', () => {
    const nodes = [handle('v', 'x'), handle('again', 'x'), handle('other', 'y'), ...restore];
    const bindings = bind([...nodes, node('restore_all', 'AssignVariableOp', ['v', 'RestoreV2'])]);
    expect(bindings.get('again')).toEqual({ key: 'a' });
    expect(bindings.get('other')).toBeUndefined();
  });

  test('that are malformed bind nothing and end', () => {
    const itself = body(
      'itself',
      ['v'],
      [
        call('again', 'itself', ['v']),
        node('assign', 'AssignVariableOp', ['v', 'Identity:output:0']),
        node('Identity', 'Identity', ['Identity:output:0']),
      ],
    );
    expect(bind([handle('v'), call('restore_all', 'itself', ['v'])], library(itself)).get('v')).toBeUndefined();
    expect(bind([handle('v'), call('restore_all', 'missing', ['v'])]).get('v')).toBeUndefined();
    // A slice that exceeds its tensor; a value that is no restored one; an output that RestoreV2 has not.
    for (const value of ['RestoreV2:2', 'names', 'RestoreV2:7', 'none']) {
      expect(
        bind([handle('v'), ...restore, node('restore_all', 'AssignVariableOp', ['v', value])]).get('v'),
      ).toBeUndefined();
    }
  });
});
