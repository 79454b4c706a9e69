import { describe, expect, test } from '@jest/globals';
import { lazyNode } from '#saved-model/nodes.js';
import type { AttrValue } from '#saved-model/records.js';
import { textOf } from '#saved-model/strings.js';
import { failureOf, fromBase64, messages } from './fixtures.js';

const node = lazyNode('saved_model.pb', fromBase64(messages.node));

function items(name: string): readonly AttrValue[] {
  const value = node.attributes.get(name);
  if (value?.kind !== 'list') throw new Error(`${name} is no list`);
  return value.items;
}

function field(number: number, content: readonly number[]): number[] {
  const length = [];
  let rest = content.length;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
  return [(number << 3) | 2, ...length, rest, ...content];
}

/** Of a map: the key `a` with this value. */
function entry(value: readonly number[]): number[] {
  return [...field(1, [0x61]), ...field(2, value)];
}

describe('nodes', () => {
  test('have their names and inputs', () => {
    const { name, op, inputs, device, originalNames } = node;
    expect({ name, op, inputs, device, originalNames }).toEqual({
      name: 'scope/node',
      op: 'Op',
      inputs: ['a', 'b:1', '^c'],
      device: '/cpu:0',
      originalNames: ['before'],
    });
  });

  test.each<[string, unknown]>([
    ['int', { kind: 'int', value: -3 }],
    ['large', { kind: 'int', value: (1n << 60n) + 1n }],
    ['float', { kind: 'float', value: 0.5 }],
    ['bool', { kind: 'bool', value: true }],
    ['false', { kind: 'bool', value: false }],
    ['dtype', { kind: 'dtype', value: 'float16' }],
    ['reference', { kind: 'dtype', value: 'float32' }],
    ['resource', { kind: 'dtype', value: 'resource' }],
    ['shape', { kind: 'shape', value: [null, 3] }],
    ['scalar', { kind: 'shape', value: [] }],
    ['any', { kind: 'shape', value: null }],
    ['placeholder', { kind: 'placeholder', name: 'T' }],
    ['empty', { kind: 'list', items: [] }],
  ])('have an attribute of the kind: %s', (name, expected) => {
    expect(node.attributes.get(name)).toEqual(expected);
  });

  test('have strings, tensors and functions', () => {
    const string = node.attributes.get('string');
    expect(string?.kind === 'string' && textOf(string.value)).toBe('text é');
    const tensor = node.attributes.get('tensor');
    expect(tensor?.kind === 'tensor' && [...(tensor.value.data as Float32Array)]).toEqual([1, 2]);
    const called = node.attributes.get('function');
    if (called?.kind !== 'function') throw new Error('no function');
    expect(called.name).toBe('f');
    expect(called.attributes.get('n')).toEqual({ kind: 'int', value: 1 });
  });

  test('have lists', () => {
    expect(items('ints')).toEqual([1, -1, 300].map((value) => ({ kind: 'int', value })));
    expect(items('floats')).toEqual([1, 2].map((value) => ({ kind: 'float', value })));
    expect(items('bools')).toEqual([true, false].map((value) => ({ kind: 'bool', value })));
    expect(items('strings').map((item) => item.kind === 'string' && textOf(item.value))).toEqual(['x', 'y']);
    expect(items('dtypes')).toEqual(['int32', 'string'].map((value) => ({ kind: 'dtype', value })));
    expect(items('shapes')).toEqual([{ kind: 'shape', value: [1] }]);
    expect(items('functions').map((item) => item.kind === 'function' && item.name)).toEqual(['g']);
  });

  test('have the same attributes one by one as all at once', () => {
    const fresh = lazyNode('saved_model.pb', fromBase64(messages.node)).attributes;
    const all = new Map(fresh);
    expect(all.size).toBeGreaterThan(20);
    for (const [name, value] of all) expect(node.attributes.get(name)?.kind).toBe(value.kind);
    const plain = [...all].filter(([, { kind }]) => !['tensor', 'function', 'list'].includes(kind));
    for (const [name, value] of plain) expect(node.attributes.get(name)).toEqual(value);
    expect(node.attributes.get('absent')).toBeUndefined();
    expect(fresh.get('absent')).toBeUndefined();
    expect(fresh.get('ints')).toBe(all.get('ints'));
  });

  test('of an attribute written twice have the last', () => {
    const twice = [...field(5, entry([0x18, 1])), ...field(5, entry([0x18, 2]))];
    const { attributes } = lazyNode('saved_model.pb', Uint8Array.from(twice));
    expect(attributes.get('a')).toEqual({ kind: 'int', value: 2 });
    expect([...attributes]).toEqual([['a', { kind: 'int', value: 2 }]]);
  });

  test('give a constant as one tensor, however they are asked', () => {
    const { attributes } = lazyNode('saved_model.pb', fromBase64(messages.node));
    const first = attributes.get('tensor');
    expect(attributes.get('tensor')).toBe(first);
    expect(new Map(attributes).get('tensor')).toBe(first);
  });

  test('with attributes nested to any depth do not exhaust the stack', () => {
    // AttrValue { i: 1 }, in a function's attribute `a`, and so on.
    let nested: number[] = [0x18, 1];
    for (let i = 0; i < 2000; i++) nested = field(10, [...field(1, [0x66]), ...field(2, entry(nested))]);
    let value = lazyNode('saved_model.pb', Uint8Array.from(field(5, entry(nested)))).attributes.get('a');
    let depth = 0;
    for (; value?.kind === 'function'; depth++) value = value.attributes.get('a');
    expect(depth).toBe(2000);
    expect(value).toEqual({ kind: 'int', value: 1 });
  });

  test('that are cut off fail with the file', () => {
    const bytes = fromBase64(messages.node);
    const cut = lazyNode('folder/saved_model.pb', bytes.subarray(0, bytes.length - 1));
    expect(failureOf(() => cut.attributes)).toMatchObject({
      code: 'corrupt-file',
      locations: [{ file: 'folder/saved_model.pb' }],
    });
  });
});
