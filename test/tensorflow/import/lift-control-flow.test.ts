import { describe, expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import type { AttrValue, NodeDef } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { isControlOp, liftControlFlow } from '#tensorflow/import/lift-control-flow.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { constant, float, node, savedModel, signatureDef } from '../../support/saved-models.js';

const int: AttrValue = { kind: 'dtype', value: 'int32' };
const T = { T: float };
const I = { T: int };
const frame = (name: string): Record<string, AttrValue> => ({
  frame_name: { kind: 'string', value: new TextEncoder().encode(name) },
});
const x = node('x', 'Placeholder', [], { dtype: float, shape: { kind: 'shape', value: [2] } });

/** `while (i < limit) { i++; v = body }`, with names under a prefix. */
function loop(prefix: string, start: string, body: readonly NodeDef[], next: string): readonly NodeDef[] {
  const p = (name: string): string => `${prefix}/${name}`;
  return [
    constant(p('zero'), Tensor.int32([0], [])),
    node(p('Enter'), 'Enter', [p('zero')], { ...I, ...frame(prefix) }),
    node(p('Enter_1'), 'Enter', [start], { ...T, ...frame(prefix) }),
    node(p('Merge'), 'Merge', [p('Enter'), p('NextIteration')], I),
    node(p('Merge_1'), 'Merge', [p('Enter_1'), p('NextIteration_1')], T),
    constant(p('limit'), Tensor.int32([3], [])),
    node(p('Less'), 'Less', [p('Merge'), p('limit')], I),
    node(p('LoopCond'), 'LoopCond', [p('Less')], {}),
    node(p('Switch'), 'Switch', [p('Merge'), p('LoopCond')], I),
    node(p('Switch_1'), 'Switch', [p('Merge_1'), p('LoopCond')], T),
    node(p('i'), 'Identity', [`${p('Switch')}:1`], I),
    node(p('v'), 'Identity', [`${p('Switch_1')}:1`], T),
    { ...constant(p('one'), Tensor.int32([1], [])), inputs: [`^${p('i')}`] },
    node(p('add'), 'AddV2', [p('i'), p('one')], I),
    ...body,
    node(p('NextIteration'), 'NextIteration', [p('add')], I),
    node(p('NextIteration_1'), 'NextIteration', [next], T),
    node(p('Exit_1'), 'Exit', [p('Switch_1')], T),
  ];
}

function imported(nodes: readonly NodeDef[], output: string): string {
  const model = savedModel({ nodes: [x, ...nodes] });
  const module = importSavedModel(model, [signatureDef({ x: 'x:0' }, { y: `${output}:0` })], tfOpByName);
  return printModule(module, { locations: false });
}

describe('liftControlFlow', () => {
  test('a loop; what it uses from outside is an argument', () => {
    const body = [
      node('l/sin', 'Sin', ['l/v']),
      node('l/Enter_2', 'Enter', ['x'], { ...T, ...frame('l') }),
      node('l/sum', 'AddV2', ['l/sin', 'l/Enter_2']),
    ];
    expect(imported(loop('l', 'x', body, 'l/sum'), 'l/Exit_1')).toMatchSnapshot();
  });

  test('a loop within a loop', () => {
    const inner = loop('m', 'l/v', [node('m/sin', 'Sin', ['m/v'])], 'm/sin');
    const text = imported(loop('l', 'x', inner, 'm/Exit_1'), 'l/Exit_1');
    expect(text.match(/tf\.StatelessWhile/g)).toHaveLength(2);
    expect(text.indexOf('tf.Sin')).toBeGreaterThan(text.lastIndexOf('tf.StatelessWhile'));
  });

  test('branches, one within the other', () => {
    const nodes = [
      constant('p', Tensor.from('bool', [], Uint8Array.of(1))),
      node('p/a', 'Identity', ['p'], { T: { kind: 'dtype', value: 'bool' } }),
      node('p/b', 'Identity', ['p'], { T: { kind: 'dtype', value: 'bool' } }),
      node('s', 'Switch', ['x', 'p/a']),
      node('t', 'Sin', ['s:1']),
      node('q', 'Switch', ['s', 'r']),
      constant('r', Tensor.from('bool', [], Uint8Array.of(0))),
      node('c', 'Cos', ['q:1']),
      node('inner', 'Merge', ['q', 'c']),
      node('pivot', 'Switch', ['p', 'p/b'], { T: { kind: 'dtype', value: 'bool' } }),
      node('outer', 'Merge', ['inner', 't']),
    ];
    expect(imported(nodes, 'outer')).toMatchSnapshot();
  });

  test('what is missing is said', () => {
    const nodes = loop('l', 'x', [], 'l/v').filter(({ name }) => name !== 'l/NextIteration_1');
    expect(() => liftControlFlow([x, ...nodes])).toThrow('"l/Merge_1" of a loop has no next value');
    expect(() => liftControlFlow([node('m', 'Merge', ['x', 'x']), x])).toThrow('"m" merges what no Switch parts');
  });

  test('the ops that it is about', () => {
    expect(['Switch', 'RefMerge', 'While', 'Identity'].map(isControlOp)).toEqual([true, true, false, false]);
  });
});
