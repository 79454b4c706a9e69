import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Interpreter } from '#runtime/interpreter.js';
import { type OpenOptions, openInterpreter, type Runtime } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { availableLibrary } from '../support/litert-library.js';
import {
  changedModel,
  difference,
  differences,
  findingsOf,
  modelBytes,
  recordedRun,
  recordedTensors,
} from './fixtures.js';

jest.setTimeout(30_000);

const opened: Interpreter[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((interpreter) => interpreter.dispose()));
});

let runtime: Runtime = 'wasm';

async function open(model: string | Uint8Array, options: OpenOptions = {}): Promise<Interpreter> {
  const interpreter = await openInterpreter(typeof model === 'string' ? modelBytes(model) : model, {
    runtime,
    ...options,
  });
  opened.push(interpreter);
  return interpreter;
}

/** Runs a fixture with its recorded inputs, and gives the differences to its recorded outputs. */
async function compare(interpreter: Interpreter, name: string, number = 1, signature?: string): Promise<string[]> {
  const { inputs, outputs } = recordedRun(name, number);
  const result = await interpreter.run(inputs, signature === undefined ? {} : { signature });
  return differences(result.outputs, outputs);
}

const library = await availableLibrary();
const runtimes: [string, Runtime][] = [
  ['wasm', 'wasm'],
  ...(library ? [['native', library] as [string, Runtime]] : []),
];

describe.each(runtimes)('%s', (_, chosen) => {
  beforeAll(() => {
    runtime = chosen;
  });

  describe('results are those of the official interpreter', () => {
    test('int8', async () => {
      expect(await compare(await open('int8'), 'int8')).toEqual([]);
    });

    test('every element type', async () => {
      expect(await compare(await open('types'), 'types')).toEqual([]);
    });

    test('scalars', async () => {
      expect(await compare(await open('scalars'), 'scalars')).toEqual([]);
    });

    test('signatures by name, inputs and outputs by name', async () => {
      const interpreter = await open('signatures');
      expect(interpreter.signatures.map(({ key }) => key)).toEqual(['double', 'negate']);
      expect(await compare(interpreter, 'signatures', 1, 'double')).toEqual([]);
      expect(await compare(interpreter, 'signatures', 2, 'negate')).toEqual([]);
      expect(await compare(interpreter, 'signatures', 1, 'double')).toEqual([]);
    });

    test('branches, for inputs of changing size', async () => {
      const interpreter = await open('branches');
      expect(await compare(interpreter, 'branches', 1)).toEqual([]);
      expect(await compare(interpreter, 'branches', 2)).toEqual([]);
    });

    test('a loop that ends', async () => {
      expect(await compare(await open('endless'), 'endless')).toEqual([]);
    });

    test('NaN is a result like any other', async () => {
      const interpreter = await open('branches');
      const { outputs } = await interpreter.run({ x: Tensor.float32([Number.POSITIVE_INFINITY, -1]) });
      expect([...(outputs.get('y') as Tensor).data]).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
    });
  });

  describe('the traps of the runtime', () => {
    test('unknown batch, more than one sample', async () => {
      const interpreter = await open('dynamic_batch');
      expect(await compare(interpreter, 'dynamic_batch', 1)).toEqual([]);
      expect(await compare(interpreter, 'dynamic_batch', 2)).toEqual([]);
      expect(await compare(interpreter, 'dynamic_batch', 1)).toEqual([]);
    });

    test('outputs of a size that depends on the values: other sizes, and none, for inputs of one shape', async () => {
      const interpreter = await open('unknown_size');
      for (const number of [1, 2, 3, 2, 1]) expect(await compare(interpreter, 'unknown_size', number)).toEqual([]);
    });

    test('outputs computed while the graph is prepared (SHAPE, RANK and what follows from them), and constants', async () => {
      const interpreter = await open('prepared');
      expect(await compare(interpreter, 'prepared', 1)).toEqual([]);
      expect(await compare(interpreter, 'prepared', 2)).toEqual([]);
    });

    test('outputs that are inputs', async () => {
      expect(await compare(await open('prepared_static'), 'prepared_static')).toEqual([]);
    });

    test('the output of UNSORTED_SEGMENT_SUM', async () => {
      expect(await compare(await open('segments'), 'segments')).toEqual([]);
    });

    test('inputs without elements', async () => {
      const interpreter = await open('dynamic_batch');
      const { outputs } = await interpreter.run({ x: Tensor.float32([], [0, 5, 5, 2]) });
      expect(outputs.get('logits')).toMatchObject({ dtype: 'float32', shape: [0, 3] });
    });

    test('an error while running is never a result, and says which op failed', async () => {
      const interpreter = await open('gather', { file: 'gather.tflite' });
      const [finding] = await findingsOf(interpreter.run({ i: Tensor.int32([0, 9]) }));
      expect(finding).toMatchObject({ code: 'run-failed', op: 'GATHER' });
      expect(finding?.detail).toMatch(/GATHER failed: .*out of bounds/);
      expect(finding?.locations).toEqual([
        { file: 'gather.tflite', signature: 'serving_default', node: expect.stringMatching(/./) },
      ]);
    });

    test('an instance in which anything failed is replaced: later results are right', async () => {
      const interpreter = await open('gather');
      for (let round = 0; round < 5; round++) {
        await findingsOf(interpreter.run({ i: Tensor.int32([0, 9]) }));
        expect(await compare(interpreter, 'gather')).toEqual([]);
      }
    });
  });

  describe('what the runtime cannot run is refused before running', () => {
    const x = Tensor.float32([1, 2, 3, 4], [2, 2]);

    test('TensorFlow ops', async () => {
      const [finding] = await findingsOf((await open('flex', { file: 'm.tflite' })).run({ x }));
      expect(finding).toMatchObject({ code: 'run-failed', op: 'FlexMatrixInverse' });
      expect(finding?.detail).toMatch(/FlexMatrixInverse is a TensorFlow \(Flex\) op/);
      expect(finding?.locations).toEqual([{ node: expect.stringMatching(/./), file: 'm.tflite' }]);
    });

    test('custom ops without a kernel', async () => {
      const [finding] = await findingsOf((await open('custom')).run({ x }));
      expect(finding).toMatchObject({ code: 'run-failed', op: 'MatrixInverse' });
      expect(finding?.detail).toBe('The custom op MatrixInverse has no kernel in the runtime.');
    });

    test('variable tensors, by the op that keeps its state in them', async () => {
      const model = changedModel('int8', (record) => ({
        ...record,
        subgraphs: record.subgraphs.map((graph) => ({
          ...graph,
          tensors: graph.tensors.map((tensor, i) =>
            graph.operators[1]?.inputs[0] === i ? { ...tensor, is_variable: true } : tensor,
          ),
        })),
      }));
      const [finding] = await findingsOf((await open(model)).run(recordedRun('int8').inputs));
      expect(finding?.detail).toMatch(/^[A-Z0-9_]+ keeps its state in variable tensors/);
    });

    test('ops with intermediate tensors', async () => {
      const model = changedModel('int8', (record) => ({
        ...record,
        subgraphs: record.subgraphs.map((graph) => ({
          ...graph,
          operators: graph.operators.map((operator, i) => (i === 0 ? { ...operator, intermediates: [0] } : operator)),
        })),
      }));
      const [finding] = await findingsOf((await open(model)).run(recordedRun('int8').inputs));
      expect(finding?.detail).toMatch(/CONV_2D keeps its state in intermediate tensors/);
    });

    test('element types that LiteRT does not load', async () => {
      const model = changedModel('int8', (record) => ({
        ...record,
        subgraphs: record.subgraphs.map((graph) => ({
          ...graph,
          tensors: graph.tensors.map((tensor, i) => (i === 2 ? { ...tensor, type: 'COMPLEX128' } : tensor)),
        })),
      }));
      const [finding] = await findingsOf((await open(model)).run(recordedRun('int8').inputs));
      expect(finding?.detail).toBe('Tensors of type complex128 cannot be loaded by LiteRT.');
    });
  });

  describe('input', () => {
    test('every wrong input is named', async () => {
      const interpreter = await open('signatures');
      const inputs = { a: Tensor.int32([1]), z: Tensor.float32([1]) };
      const findings = await findingsOf(interpreter.run(inputs, { signature: 'negate' }));
      expect(findings.map(({ code, detail, help }) => [code, detail, ...help])).toMatchInlineSnapshot(`
[
  [
    "invalid-data",
    "input 'a' of signature 'negate' is float32 [?], not int32 [1].",
  ],
  [
    "invalid-data",
    "no value for input 'x' of signature 'negate'.",
    "Give float32 [2].",
  ],
  [
    "invalid-data",
    "signature 'negate' has no input 'z'.",
    "Its inputs are: 'a', 'x'.",
  ],
]
`);
    });

    test('a shape that the model does not take', async () => {
      const interpreter = await open('dynamic_batch');
      const [finding] = await findingsOf(interpreter.run({ x: Tensor.float32(new Float32Array(72), [1, 6, 6, 2]) }));
      expect(finding?.detail).toBe(
        "input 'x' of signature 'serving_default' is float32 [?x5x5x2], not float32 [1x6x6x2].",
      );
    });

    test('an unknown signature, or none of several', async () => {
      const interpreter = await open('signatures');
      const [unknown] = await findingsOf(interpreter.run({}, { signature: 'train' }));
      expect(unknown).toMatchObject({ code: 'unknown-signature', detail: "the model has no signature 'train'." });
      expect(unknown?.help).toContain('Choose one of: double, negate.');
      const [none] = await findingsOf(interpreter.run({}));
      expect(none).toMatchObject({ code: 'unknown-signature' });
    });

    test('a corrupt file', async () => {
      const bytes = modelBytes('int8');
      expect(await findingsOf(openInterpreter(bytes.subarray(0, 300)))).toMatchObject([{ code: 'invalid-tflite' }]);
      expect(await findingsOf(openInterpreter(new Uint8Array(10)))).toMatchObject([{ code: 'invalid-tflite' }]);
    });

    test('a model whose structure is right but whose graph is not', async () => {
      const model = changedModel('int8', (record) => ({
        ...record,
        subgraphs: record.subgraphs.map((graph) => ({
          ...graph,
          operators: graph.operators.map((operator, i) =>
            i === 0 ? { ...operator, inputs: operator.inputs.slice(0, 1) } : operator,
          ),
        })),
      }));
      const [finding] = await findingsOf((await open(model)).run(recordedRun('int8').inputs));
      expect(finding).toMatchObject({ code: 'run-failed' });
      expect(finding?.detail).toMatch(/CONV_2D/);
    });

    test('a model without signatures has one, with the names of its tensors', async () => {
      const interpreter = await open(changedModel('dynamic_batch', (model) => ({ ...model, signature_defs: [] })));
      expect(interpreter.signatures).toMatchObject([{ key: '' }]);
      const { inputs, outputs } = recordedRun('dynamic_batch', 2);
      const [info] = interpreter.signatures;
      const result = await interpreter.run({ [info?.inputs[0]?.name as string]: inputs.get('x') as Tensor });
      const byWidth = [...result.outputs.values()];
      expect([...outputs.values()].map((tensor) => byWidth.some((found) => difference(found, tensor) === ''))).toEqual([
        true,
        true,
      ]);
    });
  });

  describe('intermediate tensors', () => {
    test.each(['dynamic_batch', 'int8'])('all of %s are those of the official interpreter', async (name) => {
      const interpreter = await open(name);
      const { inputs, outputs } = recordedRun(name, name === 'int8' ? 1 : 2);
      const result = await interpreter.run(inputs, { tensors: 'all' });
      expect(differences(result.tensors, recordedTensors(name))).toEqual([]);
      expect(differences(result.outputs, outputs)).toEqual([]);
      expect(interpreter.intermediates().map(({ tensor }) => tensor)).toEqual([...result.tensors.keys()]);
    });

    test('only those asked for', async () => {
      const interpreter = await open('int8');
      const all = interpreter.intermediates().map(({ tensor }) => tensor);
      const asked = [all[2] as number, all[0] as number];
      const { tensors } = await interpreter.run(recordedRun('int8').inputs, { tensors: [...asked, 0, 999] });
      expect([...tensors.keys()]).toEqual(asked);
    });

    test('those of unknown size, and those computed early', async () => {
      for (const name of ['unknown_size', 'prepared']) {
        const interpreter = await open(name);
        const { inputs, outputs } = recordedRun(name);
        const result = await interpreter.run(inputs, { tensors: 'all' });
        expect(result.tensors.size).toBe(interpreter.intermediates().length);
        expect(differences(result.outputs, outputs)).toEqual([]);
      }
    });
  });

  describe('life', () => {
    test('a run that does not end is ended, and the next one is right', async () => {
      const interpreter = await open('endless', { timeLimitMs: 700 });
      const start = performance.now();
      const [finding] = await findingsOf(interpreter.run({ x: Tensor.float32([0.5]) }));
      expect(performance.now() - start).toBeLessThan(5000);
      expect(finding).toMatchObject({ code: 'run-timeout', detail: 'it did not end within 0.7 seconds.' });
      expect(await compare(await open('endless'), 'endless')).toEqual([]);
    });

    test('variables keep their values from run to run', async () => {
      const interpreter = await open('counter');
      const counts: unknown[] = [];
      for (const value of [1, 2, 4]) {
        const { outputs } = await interpreter.run({ x: Tensor.float32([value], []) });
        counts.push(outputs.get('count')?.data[0]);
      }
      expect(counts).toEqual([1, 3, 7]);
      const [finding] = await findingsOf(interpreter.run({ x: Tensor.float32([1], []) }, { tensors: 'all' }));
      expect(finding?.detail).toMatch(/keeps state in variables/);
    });

    test('runs asked for at the same time are carried out in turn', async () => {
      const interpreter = await open('signatures');
      const runs = [1, 2, 3, 4].map((value) =>
        interpreter
          .run({ x: Tensor.float32([value, 0]) }, { signature: 'double' })
          .then(({ outputs }) => outputs.get('y')?.data[0]),
      );
      expect(await Promise.all(runs)).toEqual([2, 4, 6, 8]);
    });

    test('several interpreters work side by side', async () => {
      const both = await Promise.all([open('int8'), open('dynamic_batch')]);
      expect(await Promise.all([compare(both[0], 'int8'), compare(both[1], 'dynamic_batch')])).toEqual([[], []]);
    });

    test('more shapes than are kept compiled', async () => {
      const interpreter = await open('scalars');
      for (let size = 1; size <= 12; size++) {
        const n = Tensor.int32(new Array(size * 2).fill(size), [size, 2]);
        const { outputs } = await interpreter.run({ x: Tensor.float32([1], []), n });
        expect([...(outputs.get('m') as Tensor).data]).toEqual(new Array(size * 2).fill(size + 1));
      }
    });

    test('after disposal, and during it, runs fail', async () => {
      const interpreter = await open('endless');
      const running = findingsOf(interpreter.run({ x: Tensor.float32([0.5]) }));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await interpreter.dispose();
      await interpreter.dispose();
      expect(await running).toMatchObject([{ code: 'run-failed', detail: 'the interpreter has been disposed of' }]);
      expect(await findingsOf(interpreter.run({ x: Tensor.float32([2]) }))).toMatchObject([{ code: 'run-failed' }]);
    });

    test('what is given is not changed and may be changed later', async () => {
      const interpreter = await open('signatures');
      const data = Float32Array.of(9, 1, 2, 9);
      const x = Tensor.from('float32', [2], data.subarray(1, 3));
      const running = interpreter.run({ x }, { signature: 'double' });
      const { outputs } = await running;
      data.fill(0);
      expect([...(outputs.get('y') as Tensor).data]).toEqual([2, 4]);
    });
  });
});

describe('wasm alone', () => {
  beforeAll(() => {
    runtime = 'wasm';
  });

  test('the relaxed SIMD build', async () => {
    const interpreter = await open('dynamic_batch', { flavour: 'relaxed' });
    expect(await compare(interpreter, 'dynamic_batch', 2)).toEqual([]);
  });

  test('text as output is refused before running, by name', async () => {
    const interpreter = await open('text_output');
    const findings = await findingsOf(
      interpreter.run({ x: Tensor.fromStrings([2], [Buffer.from('a'), Buffer.from('b')]) }),
    );
    expect(findings.map(({ code, detail }) => `${code}: ${detail}`)).toMatchInlineSnapshot(`
[
  "run-failed: FlexSubstr is a TensorFlow (Flex) op; only runtimes that are built with TensorFlow's kernels have it.",
  "run-failed: input 'x' is of type string, which cannot be given to LiteRT's WebAssembly runtime.",
  "run-failed: output 'n' is of type string, which cannot be read from LiteRT's WebAssembly runtime.",
  "run-failed: output 'y' is of type string, which cannot be read from LiteRT's WebAssembly runtime.",
]
`);
  });

  test('text as input is refused before running, by name', async () => {
    const interpreter = await open('text_input');
    const findings = await findingsOf(
      interpreter.run({ x: Tensor.fromStrings([2], [Buffer.from('a'), Buffer.from('b')]) }),
    );
    expect(findings.map(({ detail }) => detail).join('\n')).toMatch(/input 'x' is of type string/);
  });
});
