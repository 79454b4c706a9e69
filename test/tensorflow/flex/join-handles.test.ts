import { expect, test } from '@jest/globals';
import { parseModule } from '#ir/parse.js';
import { joinedByHandles } from '#tensorflow/flex/join-handles.js';
import { unknownOp } from '#tensorflow/import/unknown-op.js';

test('ops that share a handle with one that needs Flex go with it, others stay', () => {
  const module = parseModule(
    `signature "f" (%x: tensor<3xf32>) -> ("y", "z") {
      %a = tf.Make() : resource %b = tf.Make() : resource %c = tf.Read(%a, %x) : tensor<3xf32>
      %d = tf.Odd(%a) : variant %e = tf.Use(%d) : tensor<3xf32> %f = tf.Read(%b, %e) : tensor<3xf32>
      return %c, %f }`,
    (name) => unknownOp(name.slice(3)),
  );
  const joined = [...joinedByHandles(module, (op) => op.name === 'tf.Odd')];
  expect(joined.map(({ name, operands }) => `${name} ${operands.length}`)).toEqual([
    'tf.Make 0',
    'tf.Read 2',
    'tf.Odd 1',
    'tf.Use 1',
  ]);
  expect([...joinedByHandles(module, () => false)]).toEqual([]);
});
