import { expect, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { parse } from '../../support/dialects.js';

/** Three rounds of a loop over a counter and two values, whose body says what becomes of these. */
function loop(type: string, body: string): string {
  const args = `(%n: tensor<i32>, %a: ${type}, %b: ${type})`;
  return `signature "f" (%a "a": ${type}, %b "b": ${type}) -> ("x", "y") {
    %three = const 3 : tensor<i32>
    %n, %x, %y = tfl.while(%three, %a, %b) ${args} {
      %zero = const 0 : tensor<i32> %more = tfl.greater(%n, %zero) return %more
    } ${args} {
      %one = const 1 : tensor<i32> %next = tfl.sub(%n, %one)
      ${body}
    } return %x, %y }`;
}

const DOUBLE = '%c = const 2.0 : tensor<f32> %new = tfl.mul(%a, %c)';
const SHIFT = `${DOUBLE} return %next, %new, %a`;
const BACK = '%c = const 2.0 : tensor<f32> %new = tfl.mul(%b, %c) return %next, %b, %new';

async function outputs(text: string, shape: readonly number[]): Promise<(readonly number[])[]> {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const value = (first: number) =>
    Tensor.float32(
      Array.from({ length: size }, (_, i) => first + i),
      shape,
    );
  const interpreter = await openInterpreter(serializeModel(exportModule(parse(text))));
  try {
    const result = await interpreter.run({ a: value(1), b: value(10) });
    return ['x', 'y'].map((name) => Array.from(result.outputs.get(name)?.data as Float32Array));
  } finally {
    await interpreter.dispose();
  }
}

test.each([
  ['tensor<2xf32>', [2]],
  ['tensor<?xf32>', [2]],
  ['tensor<?x?xf32>', [1, 2]],
])('values of %s that a loop hands on to another place are those of the round before', async (type, shape) => {
  expect(await outputs(loop(type, SHIFT), shape)).toEqual([
    [8, 16],
    [4, 8],
  ]);
  expect(await outputs(loop(type, BACK), shape)).toEqual([
    [40, 44],
    [80, 88],
  ]);
  expect(await outputs(loop(type, 'return %next, %b, %a'), shape)).toEqual([
    [10, 11],
    [1, 2],
  ]);
});

test('so are numbers without dimensions', async () => {
  expect(await outputs(loop('tensor<f32>', SHIFT), [])).toEqual([[8], [4]]);
});

test('what stays in its place, or is handed on to an earlier one, is not copied', () => {
  const opsOf = (body: string) => {
    const { subgraphs = [] } = exportModule(parse(loop('tensor<2xf32>', body)));
    return subgraphs.at(-1)?.operators?.length;
  };
  expect(opsOf(`${DOUBLE} return %next, %new, %b`)).toBe(2);
  expect(opsOf(BACK)).toBe(2);
  expect(opsOf(SHIFT)).toBe(3);
});
