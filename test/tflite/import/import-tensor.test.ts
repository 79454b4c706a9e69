import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { constantOf } from '#ir/constant.js';
import { parseModule } from '#ir/parse.js';
import { formatType } from '#ir/type.js';
import { verifyModule } from '#ir/verify.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelInMemory, ModelRecord, TensorRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { importModel } from '#tflite/import/import-model.js';
import { bothDialects } from '../../support/dialects.js';
import { exported } from './files.js';

const network = `signature "s" (%x "x": tensor<?x3xf32>) -> ("y") {
  %w = const iota(0.5) : tensor<2x3xf32> loc("weights")
  %b = const [1, 2] : tensor<2xf32> loc("bias")
  %y = tfl.fully_connected(%x, %w, %b) loc("net/dense/MatMul") return %y }`;

function written(text: string): ModelInMemory {
  return parseModel(serializeModel(exportModule(parseModule(text, bothDialects))));
}

/** The model with the tensors of this name changed, in its first subgraph. */
function changed(model: ModelRecord, name: string, change: Partial<TensorRecord>): ModelRecord {
  const [first, ...rest] = model.subgraphs;
  if (!first) throw new Error('there is no subgraph');
  const tensors = first.tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor));
  return { ...model, subgraphs: [{ ...first, tensors }, ...rest] };
}

function refusal(model: ModelRecord): string {
  try {
    importModel(model, 'm.tflite');
  } catch (error) {
    if (error instanceof DiagnosticError)
      return error.diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join();
    throw error;
  }
  throw new Error('it was imported');
}

const affine = { min: [], max: [], details: undefined } as const;

describe('types', () => {
  const argument = (change: Partial<TensorRecord>): string => {
    const [signature] = importModel(changed(written(network), 's_x:0', change)).signatures;
    return formatType(signature?.region.args[0]?.type ?? { kind: 'unknown' });
  };

  test('unknown sizes, in the signature of the shape or in the shape', () => {
    expect(argument({})).toBe('tensor<?x3xf32>');
    expect(argument({ shape: [-1, 3], shape_signature: [] })).toBe('tensor<?x3xf32>');
  });

  test('older files have no rank for scalars, so that it is unknown', () => {
    expect(argument({ shape: [], shape_signature: [], has_rank: false })).toBe('tensor<*xf32>');
  });

  test('quantization per tensor and per channel; one zero point may serve all', () => {
    const quantization = { ...affine, scale: [0.5], zero_point: [3], quantized_dimension: 0 };
    expect(argument({ type: 'INT8', quantization })).toBe('tensor<?x3xi8, q(0.5:3)>');
    const channels = { ...affine, scale: [1, 2, 4], zero_point: [0n], quantized_dimension: 1 };
    expect(argument({ type: 'INT8', quantization: channels })).toBe('tensor<?x3xi8, q@1(1:0, 2:0, 4:0)>');
  });

  test('ranges without scales are no quantization', () => {
    const quantization = { ...affine, min: [-1], max: [1], scale: [], zero_point: [], quantized_dimension: 0 };
    expect(argument({ quantization })).toBe('tensor<?x3xf32>');
  });

  test('a result of unknown rank takes the one that is inferred', () => {
    const model = changed(written(network), 'y', { shape: [], shape_signature: [], has_rank: false });
    const [signature] = importModel(model).signatures;
    expect(formatType(signature?.region.outputs[0]?.type ?? { kind: 'unknown' })).toBe('tensor<?x2xf32>');
  });
});

describe('what cannot be kept is refused', () => {
  test('element types', () => {
    expect(refusal(changed(written(network), 's_x:0', { type: 'INT2' }))).toBe(
      'unsupported-model: m.tflite: tensors of INT2 are not supported.',
    );
  });

  test('scales for blocks', () => {
    const details = {
      type: 'BlockwiseQuantization',
      value: { scales: 0, zero_points: 0, block_size: 32, block_shape: [] },
    };
    const quantization = { ...affine, details, scale: [], zero_point: [], quantized_dimension: 0 };
    expect(refusal(changed(written(network), 'weights', { quantization } as Partial<TensorRecord>))).toBe(
      'unsupported-model: m.tflite: BlockwiseQuantization of the tensor "weights" is not supported.',
    );
  });

  test('sparse constants', () => {
    const sparsity = { traversal_order: [0, 1], block_map: [], dim_metadata: [] };
    expect(refusal(changed(written(network), 'weights', { sparsity }))).toBe(
      'unsupported-model: m.tflite: the constant "weights" is stored sparsely, which is not supported.',
    );
  });

  test('constants in other files', () => {
    expect(refusal(changed(written(network), 'weights', { buffer: 0, external_buffer: 1 }))).toBe(
      'unsupported-model: m.tflite: the constant "weights" is kept in another file, which is not supported.',
    );
  });

  test('constants of another size than their type', () => {
    expect(refusal(changed(written(network), 'weights', { shape: [3, 3] }))).toBe(
      'invalid-tflite: m.tflite: the constant "weights" takes 36 bytes, not 24.',
    );
    expect(refusal(changed(written(network), 'weights', { shape: [-2, 3] }))).toBe(
      'invalid-tflite: m.tflite: the constant "weights" has a size below 0.',
    );
  });

  test('tensors that nothing makes, or that are made twice', () => {
    expect(refusal(changed(written(network), 'weights', { buffer: 0 }))).toBe(
      'invalid-tflite: m.tflite: the tensor "weights" is used before it is made.',
    );
    expect(refusal(changed(written(network), 'y', { is_variable: true }))).toBe(
      'invalid-tflite: m.tflite: the tensor "y" is made twice.',
    );
  });
});

describe('strings', () => {
  const text = `signature "s" (%i "i": tensor<1xi32>) -> ("y") {
    %c = const ["one", "größer", ""] : tensor<3xstr> loc("words")
    %y = tfl.gather(%c, %i) return %y }`;

  test('are unpacked', () => {
    const constants = [...importModel(written(text)).ops()].flatMap((op) => constantOf(op.results[0]) ?? []);
    expect(constants.map(({ strings }) => strings.map((bytes) => Buffer.from(bytes).toString()))).toEqual([
      ['one', 'größer', ''],
    ]);
  });

  test.each([
    ['a wrong number of them', 0, 4],
    ['one that ends before it begins', 8, 2],
    ['one that ends behind the buffer', 16, 99],
  ])('%s', (_, at, value) => {
    const model = written(text);
    const buffers = model.buffers.map((bytes) => new Uint8Array(bytes));
    const index = model.subgraphs[0]?.tensors.find(({ name }) => name === 'words')?.buffer ?? 0;
    const content = buffers[index] as Uint8Array;
    new DataView(content.buffer).setInt32(at, value, true);
    expect(refusal({ ...model, buffers })).toBe(
      'invalid-tflite: m.tflite: the strings of the constant "words" are damaged.',
    );
  });
});

describe('variable tensors', () => {
  const cell = (state: string): string => `%y${state} = tfl.rnn(%x, %w, %r, %b, %${state}) loc("cell_${state}")`;
  const text = `signature "s" (%x "x": tensor<1x3xf32>) -> ("y") {
    %w = const splat(1) : tensor<2x3xf32> %r = const splat(1) : tensor<2x2xf32> %b = const [0, 0] : tensor<2xf32>
    %h = const splat(0) : tensor<1x2xf32> loc("h") %g = const splat(0) : tensor<1x2xf32> loc("g")
    ${cell('h')} ${cell('g')} %y = tfl.add(%yh, %yg) return %y }`;

  test('are zeros, and variable again in the file', () => {
    const model = written(text);
    const module = importModel(model);
    expect(verifyModule(module)).toEqual([]);
    const again = exported(module, model);
    const variables = again.subgraphs[0]?.tensors.filter(({ is_variable }) => is_variable) ?? [];
    expect(variables.map(({ shape, buffer }) => [shape, buffer])).toEqual([
      [[1, 2], 0],
      [[1, 2], 0],
    ]);
  });

  test('cannot be shared', () => {
    const model = written(text);
    const [first] = model.subgraphs;
    if (!first) throw new Error('there is no subgraph');
    const shared = first.operators.find(({ inputs }) => inputs.length === 5)?.inputs[4] ?? 0;
    const operators = first.operators.map((operator) =>
      operator.inputs.length === 5 ? { ...operator, inputs: [...operator.inputs.slice(0, 4), shared] } : operator,
    );
    expect(refusal({ ...model, subgraphs: [{ ...first, operators }] })).toBe(
      'unsupported-model: m.tflite: the variable tensor "h" is shared by several operators, which is not supported.',
    );
  });
});
