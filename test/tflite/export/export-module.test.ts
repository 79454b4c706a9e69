import { describe, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { Editor } from '#ir/editor.js';
import { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { tensorType } from '#ir/type.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { type ExportOptions, exportModule } from '#tflite/export/export-module.js';
import type { ModelInMemory, ModelRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { verifyModel } from '#tflite/file/verify-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import * as tfl from '#tflite/ops/index.js';
import { tflDialect } from '../../support/dialects.js';

/** Written, read back and verified. */
function roundTrip(source: string | Module, options?: ExportOptions): ModelInMemory {
  const module = typeof source === 'string' ? parseModule(source, tflDialect) : source;
  const model = parseModel(serializeModel(exportModule(module, options)));
  verifyModel(model);
  return model;
}

function names(model: ModelRecord, subgraph = 0): (string | undefined)[] {
  return model.subgraphs[subgraph]?.tensors.map((tensor) => tensor.name) ?? [];
}

async function run(source: string, inputs: Record<string, Tensor>, signature?: string): Promise<unknown[]> {
  const interpreter = await openInterpreter(serializeModel(exportModule(parseModule(source, tflDialect))));
  try {
    const { outputs } = await interpreter.run(inputs, signature === undefined ? {} : { signature });
    return [...outputs.values()].map((tensor) => Array.from(tensor.data, Number));
  } finally {
    await interpreter.dispose();
  }
}

const network = `signature "serving_default" (%x "image": tensor<?x4x4x1xf32>) -> ("scores") {
  %w = const splat(1) : tensor<2x2x2x1xf32> loc("net/conv/Conv2D/ReadVariableOp")
  %b = const [0.5, -100] : tensor<2xf32>
  %y = tfl.conv_2d(%x, %w, %b) {padding = "VALID", fused_activation_function = "RELU"} loc("net/conv/Conv2D")
  %a = const [1, 2] : tensor<2xi32>
  %m = tfl.mean(%y, %a) loc("net/pool/Mean")
  %z = tfl.mul(%m, %b) loc("net/scale")
  return %z
}`;

describe('a network', () => {
  const model = roundTrip(network);

  test('tensors: names, shapes and signatures of unknown dimensions', () => {
    const tensors = model.subgraphs[0]?.tensors.map(
      ({ name, type, shape, shape_signature }) => `${name} ${type} [${shape}] [${shape_signature}]`,
    );
    expect(tensors).toEqual([
      'serving_default_image:0 FLOAT32 [1,4,4,1] [-1,4,4,1]',
      'net/conv/Conv2D/ReadVariableOp FLOAT32 [2,2,2,1] []',
      'net/conv/Conv2D/bias FLOAT32 [2] []',
      'net/conv/Conv2D FLOAT32 [1,3,3,2] [-1,3,3,2]',
      'axes INT32 [2] []',
      'net/pool/Mean FLOAT32 [1,2] [-1,2]',
      'scores FLOAT32 [1,2] [-1,2]',
    ]);
  });

  test('operators, their codes and options', () => {
    expect(model.operator_codes.map(({ builtin_code, version }) => `${builtin_code} ${version}`)).toEqual([
      'CONV_2D 1',
      'MEAN 1',
      'MUL 1',
    ]);
    expect(model.subgraphs[0]?.operators.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [[0, 1, 2], [3]],
      [[3, 4], [5]],
      [[5, 2], [6]],
    ]);
    expect(model.subgraphs[0]?.operators[0]?.builtin_options).toEqual({
      type: 'Conv2DOptions',
      value: {
        padding: 'VALID',
        stride_w: 1,
        stride_h: 1,
        fused_activation_function: 'RELU',
        dilation_w_factor: 1,
        dilation_h_factor: 1,
        quantized_bias_type: 'FLOAT32',
      },
    });
  });

  test('the signature has the names that the SavedModel gave it', () => {
    expect(model.signature_defs).toEqual([
      {
        signature_key: 'serving_default',
        subgraph_index: 0,
        inputs: [{ name: 'image', tensor_index: 0 }],
        outputs: [{ name: 'scores', tensor_index: 6 }],
      },
    ]);
  });

  test('the runtime that it needs', () => {
    expect(model.metadata).toEqual([{ name: 'min_runtime_version', buffer: 4 }]);
    expect(model.buffers[4]).toEqual(new TextEncoder().encode('1.6.0'.padEnd(16, '\0')));
  });

  test('the same module gives the same bytes', () => {
    const bytes = () => serializeModel(exportModule(parseModule(network, tflDialect)));
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  test('weights go by reference', () => {
    const module = parseModule(network, tflDialect);
    const weights = constantOf(module.signatures[0]?.region.first?.result());
    expect(exportModule(module).buffers).toContain(weights?.bytes);
  });

  test('it runs', async () => {
    const image = Tensor.from(
      'float32',
      [2, 4, 4, 1],
      Float32Array.from({ length: 32 }, (_, i) => i % 4),
    );
    expect(await run(network, { image })).toEqual([[3.25, -0, 3.25, -0]]);
  });
});

describe('constants', () => {
  test('equal ones are one tensor in a subgraph and one buffer in the model', () => {
    const text = (key: string, op: string) => `signature "${key}" (%x "x": tensor<2xf32>) -> ("y") {
      %a = const [3, 4] : tensor<2xf32> %b = const [3, 4] : tensor<2xf32>
      %y = tfl.${op}(%x, %a) %z = tfl.${op}(%y, %b) return %z }`;
    const model = roundTrip(`${text('f', 'add')} ${text('g', 'mul')}`);
    expect(names(model)).toHaveLength(4);
    expect(model.subgraphs.map(({ tensors }) => tensors.map(({ buffer }) => buffer))).toEqual([
      [0, 1, 0, 0],
      [0, 1, 0, 0],
    ]);
  });

  test('the same bytes under another type or shape are another tensor', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<2xf32>) -> ("y", "z") {
      %a = const [1, 1] : tensor<2xf32> %b = const splat(1) : tensor<1x2xf32>
      %y = tfl.add(%x, %a) %z = tfl.add(%x, %b) return %y, %z }`);
    expect(model.subgraphs[0]?.tensors.map(({ buffer, shape }) => [buffer, shape])).toEqual([
      [0, [2]],
      [1, [2]],
      [0, [2]],
      [1, [1, 2]],
      [0, [1, 2]],
    ]);
  });

  test('strings are packed with their offsets', () => {
    const model = roundTrip(`signature "s" (%i "i": tensor<1xi32>) -> ("y") {
      %s = const ["ab", "", "c"] : tensor<3xstr> %y = tfl.gather(%s, %i) return %y }`);
    const bytes = model.buffers[1] ?? new Uint8Array(0);
    expect(Array.from(new Int32Array(bytes.slice(0, 20).buffer))).toEqual([3, 20, 22, 22, 23]);
    expect(new TextDecoder().decode(bytes.subarray(20))).toBe('abc');
  });

  test('those that nothing uses are not written', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<2xf32>) -> ("y") {
      %a = const [1, 2] : tensor<2xf32> %y = tfl.neg(%x) return %y }`);
    expect(names(model)).toEqual(['s_x:0', 'y']);
  });
});

describe('names', () => {
  test('of several ops of one node the last one has its name; the others are numbered', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<2xf32>) -> ("y") {
      %a = tfl.neg(%x) loc("n") %b = tfl.neg(%a) loc("n") %c = tfl.neg(%b) return %c }`);
    expect(names(model)).toEqual(['s_x:0', 'n_1', 'n', 'y']);
  });

  test('several results of one op', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<4xf32>) -> ("y") {
      %a = const 0 : tensor<i32> %p, %q = tfl.split(%a, %x) {num_splits = 2} loc("n") %c = tfl.add(%p, %q) return %c }`);
    expect(names(model)).toEqual(['s_x:0', 'axis', 'n', 'n:1', 'y']);
  });

  test('parameters and quantized constants share that of their operand, unless an input or output has it', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<2x2xi8, q(0.5:3)>) -> ("weights") {
      %p = const [1, 0] : tensor<2xi32> loc("net/perm")
      %a = tfl.transpose(%x, %p) : tensor<2x2xi8, q(0.5:3)> loc("a")
      %r = const [0, 1] : tensor<2xi32>
      %b = tfl.transpose(%a, %r) : tensor<2x2xi8, q(0.5:3)> loc("b")
      %v = const [1, 2, 3, 4] : tensor<2x2xi8> as tensor<2x2xi8, q(0.25:0)> loc("net/dense/kernel")
      %c = tfl.fully_connected(%b, %v) : tensor<2x2xi8, q(0.5:3)> loc("c")
      %w = const [4, 3, 2, 1] : tensor<2x2xi8> as tensor<2x2xi8, q(0.25:0)>
      %y = tfl.fully_connected(%c, %w) : tensor<2x2xi8, q(0.5:3)> return %y }`);
    expect(names(model)).toEqual(['s_x:0', 'perm', 'a', 'perm', 'b', 'weights_1', 'c', 'weights_1', 'weights']);
  });

  test('those of the boundary can be given', () => {
    const tensorNames = new Map([['s', { inputs: ['in:0'], outputs: ['Call:0'] }]]);
    const model = roundTrip('signature "s" (%x "x": tensor<f32>) -> ("y") { %y = tfl.neg(%x) return %y }', {
      tensorNames,
    });
    expect(names(model)).toEqual(['in:0', 'Call:0']);
  });
});

describe('boundaries that LiteRT accepts as they are', () => {
  const x = Tensor.float32([1, 2]);

  test('an argument that is an output', async () => {
    const text = 'signature "s" (%x "x": tensor<2xf32>) -> ("y", "z") { %z = tfl.add(%x, %x) return %x, %z }';
    expect(roundTrip(text).subgraphs[0]?.outputs).toEqual([0, 1]);
    expect(await run(text, { x })).toEqual([
      [1, 2],
      [2, 4],
    ]);
  });

  test('one value that is two outputs', async () => {
    const text = 'signature "s" (%x "x": tensor<2xf32>) -> ("y", "z") { %z = tfl.add(%x, %x) return %z, %z }';
    expect(roundTrip(text).subgraphs[0]?.outputs).toEqual([1, 1]);
    expect(await run(text, { x })).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });

  test('a constant that is an output', async () => {
    const text = `signature "s" (%x "x": tensor<2xf32>) -> ("y", "z") {
      %c = const [3, 4] : tensor<2xf32> %z = tfl.add(%x, %x) return %c, %z }`;
    expect(roundTrip(text).subgraphs[0]?.outputs).toEqual([2, 1]);
    expect(await run(text, { x })).toEqual([
      [3, 4],
      [2, 4],
    ]);
  });

  test('a reshape to a scalar, whose shape has no elements', async () => {
    const text = `signature "s" (%x "x": tensor<1x1xf32>) -> ("y") {
      %s = const [] : tensor<0xi32> %y = tfl.reshape(%x, %s) %z = tfl.add(%y, %y) return %z }`;
    expect(await run(text, { x: Tensor.float32([3], [1, 1]) })).toEqual([[6]]);
  });
});

describe('control flow', () => {
  const loop = `signature "s" (%x "x": tensor<f32>) -> ("y") {
    %y = tfl.while(%x)
      (%a: tensor<f32>) { %t = const 100 : tensor<f32> %c = tfl.less(%a, %t) return %c }
      (%a: tensor<f32>) { %b = tfl.add(%a, %a) return %b }
    return %y }`;

  test('bodies are subgraphs behind those of the signatures', async () => {
    const model = roundTrip(`${loop} signature "t" (%x "x": tensor<f32>) -> ("y") { return %x }`);
    expect(model.subgraphs.map(({ name }) => name)).toEqual(['main', 't', 'body_2', 'body_3']);
    expect(model.subgraphs[0]?.operators[0]?.builtin_options).toEqual({
      type: 'WhileOptions',
      value: { cond_subgraph_index: 2, body_subgraph_index: 3 },
    });
    expect(await run(loop, { x: Tensor.float32([3], []) })).toEqual([[192]]);
  });

  test('a branch that passes its argument on', async () => {
    const text = `signature "s" (%p "p": tensor<i1>, %x "x": tensor<?xf32>) -> ("y") {
      %y = tfl.if(%p, %x) (%a: tensor<?xf32>) { return %a } (%a: tensor<?xf32>) { %b = tfl.neg(%a) return %b }
      return %y }`;
    const flag = (value: number) => Tensor.from('bool', [], Uint8Array.of(value));
    const x = Tensor.float32([1, 2, 3]);
    expect(await run(text, { p: flag(1), x })).toEqual([[1, 2, 3]]);
    expect(await run(text, { p: flag(0), x })).toEqual([[-1, -2, -3]]);
  });
});

describe('operands that are absent', () => {
  test('FULLY_CONNECTED says so in their place, which old kernels expect', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<2x3xf32>) -> ("y") {
      %w = const splat(1) : tensor<4x3xf32> %y = tfl.fully_connected(%x, %w) return %y }`);
    expect(model.subgraphs[0]?.operators[0]?.inputs).toEqual([0, 1, -1]);
    expect(model.operator_codes[0]?.version).toBe(1);
  });

  test('others leave them out at the end', () => {
    const model = roundTrip(`signature "s" (%x "x": tensor<1x2x2x1xf32>) -> ("y") {
      %s = const [1, 4, 4, 1] : tensor<4xi32> %w = const splat(1) : tensor<1x2x2x1xf32>
      %y = tfl.transpose_conv(%s, %w, %x, none) {stride_w = 2, stride_h = 2} return %y }`);
    expect(model.subgraphs[0]?.operators[0]?.inputs).toHaveLength(3);
  });
});

test('state is a variable tensor of its own for each use, without content', () => {
  const zeros = 'splat(0) : tensor<1x2xf32>';
  const model = roundTrip(`signature "s" (%x "x": tensor<1x3xf32>) -> ("y", "z") {
    %w = const splat(1) : tensor<2x3xf32> %r = const splat(1) : tensor<2x2xf32> %b = const [0, 0] : tensor<2xf32>
    %h = const ${zeros} %y = tfl.rnn(%x, %w, %r, %b, %h) %z = tfl.rnn(%x, %w, %r, %b, %h) return %y, %z }`);
  const variables = model.subgraphs[0]?.tensors.flatMap((tensor, i) => (tensor.is_variable ? [i] : [])) ?? [];
  expect(variables).toHaveLength(2);
  expect(model.subgraphs[0]?.operators.map(({ inputs }) => inputs[4])).toEqual(variables);
});

test('quantization, per tensor and per channel', () => {
  const model = roundTrip(`signature "s" (%x "x": tensor<1x2x2x1xi8, q(0.5:3)>) -> ("y") {
    %w = const splat(1) : tensor<2x1x1x1xi8>
    %y = tfl.conv_2d(%x, %w) : tensor<1x2x2x2xi8, q@3(0.5:0, 0.25:0)> return %y }`);
  expect(model.subgraphs[0]?.tensors[0]?.quantization).toMatchObject({ scale: [0.5], zero_point: [3] });
  expect(model.subgraphs[0]?.tensors[2]?.quantization).toMatchObject({ scale: [0.5, 0.25], quantized_dimension: 3 });
});

test('custom ops have their name and bytes', () => {
  const module = new Module();
  const signature = module.addSignature('s');
  signature.inputNames.push('x');
  signature.outputNames.push('y');
  const x = signature.region.addArg(tensorType('float32', [2]));
  const options = { custom_code: 'Mine', custom_options: Uint8Array.of(1, 2) };
  const op = new Editor().create({ region: signature.region }, tfl.Custom, [x], options, {}, { types: [x.type] });
  signature.region.setOutputs([op.result()]);
  const model = roundTrip(module);
  expect(model.operator_codes[0]).toMatchObject({ builtin_code: 'CUSTOM', custom_code: 'Mine', version: 1 });
  expect(model.subgraphs[0]?.operators[0]?.custom_options).toEqual(Uint8Array.of(1, 2));
});

test('a tensor of unknown rank has none', () => {
  const model = roundTrip('signature "s" (%x "x": tensor<*xf32>) -> ("y") { %y = tfl.neg(%x) return %y }');
  expect(model.subgraphs[0]?.tensors[1]).toMatchObject({ has_rank: false, shape: [], shape_signature: [] });
});

test('two versions of an op are two codes', () => {
  const model = roundTrip(`signature "s" (%x "x": tensor<2xf32>, %i "i": tensor<2xi64>) -> ("y", "z") {
    %y = tfl.add(%x, %x) %z = tfl.add(%i, %i) return %y, %z }`);
  expect(model.operator_codes.map(({ version }) => version)).toEqual([1, 4]);
});

test('an op that was not lowered is an internal error', () => {
  const module = parseModule(
    'signature "s" (%x "x": tensor<f32>) -> ("y") { %y = tf.Foo(%x) : tensor<f32> return %y }',
    () => ({
      name: 'tf.Foo',
      attributes: {},
    }),
  );
  expect(() => exportModule(module)).toThrow('tf.Foo at an unknown node is not lowered');
});
