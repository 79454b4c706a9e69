import { expect, test } from '@jest/globals';
import { exportModule } from '#tflite/export/export-module.js';
import { subgraphsOf } from '#tflite/export/subgraphs.js';
import { parse } from '../../support/dialects.js';

const signature = (key: string, start: string, name = 'v'): string => `signature "${key}" (%x: tensor<2xf32>) -> ("y") {
  tfl.call_once() () {
    %h = tfl.var_handle() {shared_name = "${name}"} : resource<tensor<2xf32>>
    %c = const ${start} : tensor<2xf32>
    tfl.assign_variable(%h, %c)
    return
  }
  %h = tfl.var_handle() {shared_name = "${name}"} : resource<tensor<2xf32>>
  tfl.assign_variable(%h, %x)
  %y = tfl.read_variable(%h) : tensor<2xf32>
  return %y
}`;

const indices = (text: string): readonly number[] => {
  const module = parse(text);
  const { indexOf } = subgraphsOf(module);
  return module.signatures.map(({ region }) => indexOf(region.first?.regions[0] as never));
};

test('signatures share the body that initialises their variables', () => {
  const text = `${signature('a', '[1, 2]')}\n${signature('b', '[1, 2]')}`;
  expect(indices(text)).toEqual([2, 2]);
  expect(exportModule(parse(text)).subgraphs).toHaveLength(3);
});

test('bodies that do something else are their own', () => {
  expect(indices(`${signature('a', '[1, 2]')}\n${signature('b', '[1, 3]')}`)).toEqual([2, 3]);
  expect(indices(`${signature('a', '[1, 2]')}\n${signature('b', '[1, 2]', 'w')}`)).toEqual([2, 3]);
});
