import { describe, expect, test } from '@jest/globals';
import type { AttrValue } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { liftTensorArrays } from '#tensorflow/import/lift-tensor-arrays.js';
import { constant, float, node } from '../../support/saved-models.js';

const made: Record<string, AttrValue> = {
  dtype: float,
  dynamic_size: { kind: 'bool', value: true },
  element_shape: { kind: 'shape', value: [null, 3] },
};

describe('liftTensorArrays', () => {
  test('the flow becomes the list, and the handle goes', () => {
    const nodes = [
      constant('n', Tensor.int32([4], [])),
      constant('zero', Tensor.int32([0], [])),
      constant('one', Tensor.int32([1], [])),
      node('a', 'TensorArrayV3', ['n'], made),
      node('handle', 'Enter', ['a'], { T: { kind: 'dtype', value: 'resource' } }),
      node('flow', 'Enter', ['a:1'], { T: float }),
      node('w', 'TensorArrayWriteV3', ['handle', 'zero', 'x', 'flow'], { T: float }),
      node('r', 'TensorArrayReadV3', ['handle', 'zero', 'w'], { dtype: float }),
      node('size', 'TensorArraySizeV3', ['handle', 'w'], {}),
      node('all', 'Range', ['zero', 'size', 'one'], {}),
      node('g', 'TensorArrayGatherV3', ['handle', 'all', 'w'], { dtype: float }),
      node('some', 'TensorArrayGatherV3', ['handle', 'n', 'w'], { dtype: float }),
      node('close', 'TensorArrayCloseV3', ['handle', '^g'], {}),
    ];
    const lifted = liftTensorArrays(nodes).filter(({ op }) => op !== 'Const');
    expect(lifted.map(({ name, op, inputs }) => `${name}: ${op}(${inputs.join(', ')})`)).toMatchSnapshot();
    const typeOf = (name: string): unknown => lifted.find((each) => each.name === name)?.attributes.get('T');
    expect(typeOf('flow')).toEqual({ kind: 'dtype', value: 'variant' });
    const write = lifted.find(({ name }) => name === 'w');
    expect(write?.attributes.get('resize_if_index_out_of_bounds')).toEqual({ kind: 'bool', value: true });
  });
});
