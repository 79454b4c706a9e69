import { describe, expect, test } from '@jest/globals';
import { formatType } from '#ir/type.js';
import type { AttrValue, NodeDef } from '#saved-model/records.js';
import { isFlexOp, opSignature } from '#tensorflow/flex/op-signatures.js';
import { signatureOp } from '#tensorflow/flex/signature-op.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { node, savedModel, signatureDef } from '../../support/saved-models.js';

const dtype = (value: string): AttrValue => ({ kind: 'dtype', value: value as 'float32' });
const x = node('x', 'Placeholder', [], { dtype: dtype('float32') });

function resultsOf(nodes: readonly NodeDef[], name: string): string[] {
  const module = importSavedModel(
    savedModel({ nodes: [x, ...nodes] }),
    [signatureDef({ x: 'x:0' }, { y: 'y:0' })],
    tfOpByName,
  );
  const op = [...module.ops()].find((each) => each.name === `tf.${name}`);
  return op?.results.map(({ type }) => formatType(type)) ?? [];
}

describe('signatures', () => {
  test('operands, results, attributes with their defaults', () => {
    const signature = opSignature('ParseExampleV2');
    expect(signature?.operands.at(-1)).toEqual({ name: 'dense_defaults', type: 'Tdense', kind: 'types' });
    expect(signature?.results[0]).toEqual({
      name: 'sparse_indices',
      type: 'int64',
      count: 'num_sparse',
      kind: 'repeated',
    });
    expect(opSignature('LRN')?.attributes.get('beta')).toEqual({ type: 'float', default: 0.5 });
    expect(opSignature('NoSuchOp')).toBeUndefined();
  });

  test('the official list of Flex ops', () => {
    expect(['Cholesky', 'CaseFoldUTF8', 'StringNGrams', 'NoSuchOp'].map(isFlexOp)).toEqual([true, true, false, false]);
  });
});

describe('ops that are known by their signatures', () => {
  test('results have their types, and the shapes that were recorded', () => {
    const shapes: AttrValue = { kind: 'list', items: [{ kind: 'shape', value: [2, null] }] };
    const cholesky = (attributes: Readonly<Record<string, AttrValue>>) =>
      resultsOf([node('y', 'Cholesky', ['x'], { T: dtype('float32'), ...attributes })], 'Cholesky');
    expect(cholesky({ _output_shapes: shapes })).toEqual(['tensor<2x?xf32>']);
    expect(cholesky({})).toEqual(['tensor<*xf32>']);
  });

  test('several results of which some are lists are found by their names', () => {
    const types = (...items: string[]): AttrValue => ({ kind: 'list', items: items.map(dtype) });
    const parse = node('parse', 'ParseExampleV2', ['x', 'x', 'x', 'x', 'x', 'x'], {
      Tdense: types('float32'),
      num_sparse: { kind: 'int', value: 2 },
      sparse_types: types('string', 'int64'),
      ragged_value_types: types(),
      ragged_split_types: types(),
      dense_shapes: { kind: 'list', items: [{ kind: 'shape', value: [2] }] },
    });
    const nodes = [parse, node('y', 'Identity', ['parse:dense_values:0'])];
    expect(resultsOf(nodes, 'ParseExampleV2')).toEqual([
      'tensor<*xi64>',
      'tensor<*xi64>',
      'tensor<*xstr>',
      'tensor<*xi64>',
      'tensor<*xi64>',
      'tensor<*xi64>',
      'tensor<*xf32>',
    ]);
  });

  test('a node that lacks what the op has to have is not taken for it', () => {
    expect(signatureOp('Cholesky', new Map())).toBeUndefined();
    expect(signatureOp('Cholesky', new Map([['T', 1]]))?.tfName).toBe('Cholesky');
  });
});
