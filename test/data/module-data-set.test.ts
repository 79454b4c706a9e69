import { expect, jest, test } from '@jest/globals';
import { isModuleName, openModuleDataSet } from '#data/module-data-set.js';
import { findingsOf, input, readAll, refusal, signature, valuesOf } from './reading.js';
import { moduleFile } from './user-code/modules.js';

jest.setTimeout(120_000);

const allowed = { allowCode: true };
const x = input('x', 'float32', [null, 2]);

async function read(source: string, inputs = [x], options = {}) {
  const data = await openModuleDataSet(moduleFile(source), { ...allowed, ...options });
  return { data, samples: await readAll(data, signature(...inputs)) };
}

test('samples come from a generator, anew each time, with their labels', async () => {
  const { data, samples } = await read(
    `export const count = 3;
     export async function* samples() {
       yield { x: Float32Array.of(1, 2), label: 1n };
       yield { x: [3, 4], label: 2 };
       yield { x: { data: new Float64Array([5, 6]), shape: [1, 2] }, label: BigInt64Array.of(3n) };
     }`,
    [x, input('label', 'int64', [null])],
  );
  expect([data.count, samples.map(({ index, rows }) => [index, rows])]).toEqual([
    3,
    [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  ]);
  expect(valuesOf(samples, 'x')).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(valuesOf(samples, 'label')).toEqual([[1], [2], [3]]);
  expect(valuesOf(await readAll(data, signature(x)), 'x')).toHaveLength(3);
});

test('rows are gathered to the batch of the model, and limited', async () => {
  const source = 'export default { *samples() { for (let i = 0; ; i++) yield { x: [i, i], p: new Uint8Array(2) }; } }';
  const inputs = [input('x', 'float32', [2, 2]), input('p', 'uint8', [2, 2])];
  const { samples } = await read(source, inputs, { limit: 3 });
  expect(valuesOf(samples, 'x')).toEqual([
    [0, 0, 1, 1],
    [2, 2, 2, 2],
  ]);
  expect(samples.map(({ rows }) => rows)).toEqual([2, 1]);
});

test('memory does not grow: more is asked for when it is used', async () => {
  const source =
    'export function* samples() { for (let i = 0; i < 600; i++) yield { x: [i, process.memoryUsage().rss] }; }';
  const { samples } = await read(source);
  expect(valuesOf(samples, 'x').map(([i]) => i)).toEqual(Array.from({ length: 600 }, (_, i) => i));
});

test.each([
  ['function* samples() { yield 3 }', 'sample 0 is no object with a value for each input'],
  ['function* samples() { yield { y: 3 } }', "sample 0: the key 'x' is missing; there is 'y'"],
  [
    'function* samples() { yield { x: [1, 2] }; yield { x: [1] } }',
    "sample 1, 'x': it has 1 elements; the input takes float32 [?x2]",
  ],
  [
    "function* samples() { yield { x: ['a', 2] } }",
    'sample 0, \'x\': its element 0 is "a", which is no float32; the input takes float32 [?x2]',
  ],
  ['function* samples() { yield { x: [1, NaN] } }', "sample 0, 'x': element 1 is NaN"],
  [
    'function* samples() { yield { x: { data: [1], shape: [2] } } }',
    "sample 0, 'x': it has 1 elements and the shape [2]; the input takes float32 [?x2]",
  ],
])('%s', async (source, message) => {
  expect(await refusal(read(`export ${source}`))).toBe(`module.mjs: ${message}`);
});

test('what the module throws comes after the samples before it', async () => {
  const path = moduleFile("export function* samples() {\n yield { x: [1, 2] };\n throw new Error('later');\n}");
  const data = await openModuleDataSet(path, allowed);
  const seen: number[] = [];
  const reading = async () => {
    for await (const { index } of data.samples(signature(x))) seen.push(index);
  };
  const [found] = await findingsOf(reading());
  expect(seen).toEqual([0]);
  expect(found?.detail).toMatch(/samples\(\) failed: Error: later\.$/);
  expect(found?.locations).toEqual([{ file: path, line: 3 }]);
  const [refused] = await findingsOf(read('export const samples = () => 3'));
  expect(refused?.detail).toMatch(/samples\(\) gave 3, nothing to iterate over/);
});

test('it is refused unless it is allowed; its name tells it', async () => {
  const [found] = await findingsOf(openModuleDataSet(moduleFile('export function* samples() {}'), {}));
  expect(found?.code).toBe('code-not-allowed');
  expect(['a.mjs', 'b/c.js', 'd.json', 'top-1'].map(isModuleName)).toEqual([true, true, false, false]);
});
