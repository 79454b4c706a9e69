import { describe, expect, jest, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf } from '#quantize/recipe.js';
import { Tensor } from '#tensor/tensor.js';
import { parse } from '../../support/dialects.js';
import { quantized, run, worstDifference } from '../quantized-runs.js';

jest.setTimeout(60_000);

function namesOf(module: Module): string[] {
  return [...module.ops()].filter(({ name }) => name !== 'const').map(({ name }) => name.slice('tfl.'.length));
}

const convolution = (activation = 'NONE'): string => `
  signature "f" (%x "x": tensor<1x4x4x2xf32>) -> ("y") {
    %w = const iota(0.01) : tensor<3x3x3x2xf32>
    %b = const [1, -2, 0.5] : tensor<3xf32>
    %y = tfl.conv_2d(%x, %w, %b) {fused_activation_function = "${activation}"} return %y }`;

describe('quantize-activations', () => {
  test('a convolution becomes integers between QUANTIZE and DEQUANTIZE', async () => {
    const { text, float, outputs, module } = await quantized(convolution('RELU'));
    expect(namesOf(module)).toEqual(['quantize', 'conv_2d', 'dequantize']);
    expect(text).toMatch(/as tensor<3x3x3x2xi8, q@0\(/);
    expect(text).toMatch(/as tensor<3xi32, q@0\(/);
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test('16-bit data have 64-bit biases, and no zero points', async () => {
    const { text, float, outputs } = await quantized(convolution(), { scheme: 'int16x8' });
    expect(text).toMatch(/as tensor<3xi64, q@0\(/);
    expect(text).toMatch(/tfl\.conv_2d.* : tensor<1x4x4x3xi16, q\([^:]*:0\)>/);
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test.each(['int8', 'uint8', 'int16'] as const)('inputs and outputs can be %s', async (ioType) => {
    const result = await quantized(convolution(), { ioType, scheme: ioType === 'int16' ? 'int16x8' : 'int8' });
    const [signature] = result.module.signatures;
    const types = [...(signature?.region.args ?? []), ...(signature?.region.outputs ?? [])].map(({ type }) => type);
    expect(types.map((type) => (type.kind === 'tensor' ? type.dtype : ''))).toEqual([ioType, ioType]);
    expect(namesOf(result.module)).toEqual(ioType === 'uint8' ? ['quantize', 'conv_2d', 'quantize'] : ['conv_2d']);
    expect(worstDifference(result.float, result.outputs)).toBeLessThan(0.015);
  });

  test('weights may have one scale, or 4 bits', async () => {
    const one = await quantized(convolution(), { recipe: { ...recipeOf('int8'), granularity: 'per-tensor' } });
    expect(one.text).toMatch(/as tensor<3x3x3x2xi8, q\(/);
    const four = await quantized(convolution(), { recipe: { ...recipeOf('int8'), weights: { bits: 4 } } });
    expect(four.text).toMatch(/as tensor<3x3x3x2xi4, q@0\(/);
    expect(worstDifference(four.float, four.outputs)).toBeLessThan(0.15);
  });

  test('one scale for dense layers only', async () => {
    const recipe = { ...recipeOf('int8'), granularity: 'per-tensor-dense' } as const;
    const dense = `signature "f" (%x: tensor<2x4xf32>) -> ("y") {
      %w = const iota(0.1) : tensor<3x4xf32> %y = tfl.fully_connected(%x, %w, none) return %y }`;
    expect((await quantized(dense, { recipe })).text).toMatch(/as tensor<3x4xi8, q\(/);
    expect((await quantized(convolution(), { recipe })).text).toMatch(/as tensor<3x3x3x2xi8, q@0\(/);
  });

  test('a bias too large for its steps makes those of the weights larger', async () => {
    const text = `signature "f" (%x: tensor<2x2xf32>) -> ("y") {
      %w = const [[1e-9, -1e-9], [1, 0.5]] : tensor<2x2xf32> %b = const [1000, 1] : tensor<2xf32>
      %y = tfl.fully_connected(%x, %w, %b) return %y }`;
    const { float, outputs } = await quantized(text);
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test('what joins values has one scale for all, without a conversion between', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>, %z: tensor<1x4xf32>) -> ("y") {
      %k = const 3.0 : tensor<f32>
      %a = tfl.add(%x, %z) %b = tfl.mul(%z, %k) %y = tfl.concatenation(%a, %b) {axis = 1} return %y }`;
    const { module, float, outputs } = await quantized(text);
    expect(namesOf(module)).toEqual(['quantize', 'quantize', 'add', 'mul', 'concatenation', 'dequantize']);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('what others look at, too, is not made coarser by values that it is joined with', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>, %z: tensor<1x4xf32>) -> ("y", "s") {
      %k = const 0.01 : tensor<f32> %s = tfl.mul(%x, %k)
      %y = tfl.concatenation(%s, %z) {axis = 1} return %y, %s }`;
    const { module, float, outputs } = await quantized(text);
    expect(namesOf(module).filter((name) => name === 'quantize')).toHaveLength(3);
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test('a scale that a kernel fixes holds behind it, and is left where others need more', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>) -> ("y", "z") {
      %s = tfl.softmax(%x) %shape = const [2, 2] : tensor<2xi32> %y = tfl.reshape(%s, %shape)
      %k = const 3.0 : tensor<f32> %b = tfl.mul(%x, %k) %z = tfl.concatenation(%s, %b) {axis = 1} return %y, %z }`;
    const { module, text: after, float, outputs } = await quantized(text);
    expect(namesOf(module)).toEqual([
      'quantize',
      'softmax',
      'reshape',
      'mul',
      'quantize',
      'concatenation',
      'dequantize',
      'dequantize',
    ]);
    expect(after).toMatch(/tfl\.reshape.*q\(0\.00390625:-128\)/);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('constants are quantized for each use, numbers that pad with the scale of what they pad', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>) -> ("y") {
      %p = const [0, 0, 1, 1] : tensor<2x2xi32> %least = const -3.4e38 : tensor<f32>
      %m = tfl.padv2(%x, %p, %least) %r = tfl.relu(%m) return %r }`;
    const ranges = new Map([
      ['f/f_x:0', { min: -2, max: 2 }],
      ['f/padv2', { min: -2, max: 2 }],
      ['f/y', { min: 0, max: 2 }],
    ]);
    const { report, outputs } = await quantized(text, { ranges });
    expect(report.counts.int8).toBe(2);
    expect(outputs.get('y')?.data[0]).toBe(0);
  });

  test('ops without a kernel stay in float32, with the reason; those that only move elements beside them, too', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>) -> ("y") {
      %s = tfl.sin(%x) %shape = const [2, 2] : tensor<2xi32> %r = tfl.reshape(%s, %shape) %y = tfl.cos(%r) return %y }`;
    const { module, report } = await quantized(text);
    expect(namesOf(module)).toEqual(['sin', 'reshape', 'cos']);
    expect(report.ops.map(({ op, applied, reason }) => [op, applied, reason])).toEqual([
      ['SIN', 'float32', "LiteRT's SIN takes no int8 data"],
      ['RESHAPE', 'float32', 'it moves elements between ops that stay in float32'],
      ['COS', 'float32', "LiteRT's COS takes no int8 data"],
    ]);
  });

  test('an input is quantized once for all its users, and made float32 once', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>) -> ("y") {
      %a = tfl.relu(%x) %b = tfl.abs(%x) %c = tfl.sin(%a) %d = tfl.cos(%a) %e = tfl.add(%c, %d) %y = tfl.add(%e, %b) return %y }`;
    const { module } = await quantized(text);
    const ops = namesOf(module);
    expect(ops.filter((name) => name === 'dequantize')).toHaveLength(2);
    expect(ops.filter((name) => name === 'quantize')).toHaveLength(3);
  });

  test('8 and 16 bits meet in a requantization', async () => {
    const text = `signature "f" (%x: tensor<1x4xf32>) -> ("y") {
      %a = tfl.logistic(%x) %y = tfl.mul(%a, %x) return %y }`;
    const recipe = { ...recipeOf('int8'), rules: [{ match: { op: 'MUL' }, scheme: 'int16x8' as const }] };
    const { module, report, float, outputs } = await quantized(text, { recipe });
    expect(namesOf(module)).toEqual(['quantize', 'logistic', 'quantize', 'quantize', 'mul', 'dequantize']);
    expect(report.counts).toMatchObject({ int8: 1, int16x8: 1 });
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test('int8-only names every op that cannot be int8', () => {
    const module = parse(`signature "f" (%x: tensor<1x4xf32>) -> ("y") {
      %a = tfl.sin(%x) loc("net/Sin") %b = tfl.abs(%a) %y = tfl.cos(%b) return %y }`);
    const ranges = { get: () => ({ min: -1, max: 1 }) };
    const found: string[] = [];
    try {
      quantizeModule(module, { recipe: recipeOf('int8-only'), ranges });
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      for (const { code, op, locations } of error.diagnostics) found.push(`${code} ${op} ${locations[0]?.node}`);
    }
    expect(found).toEqual(['unsupported-op SIN net/Sin', 'unsupported-op COS undefined']);
  });

  test('without any ranges there is an error that says how to give some', () => {
    const module = parse(convolution());
    expect(() => quantizeModule(module, { recipe: recipeOf('int8') })).toThrow(/int8 makes data integers, .* ranges/);
  });

  test('where ranges are missing ops stay as they are, and say of which tensor', () => {
    const module = parse(convolution());
    const { report } = quantizeModule(module, { recipe: recipeOf('int8'), ranges: new Map() });
    expect(report.ops[0]?.reason).toBe('the range of the tensor `f/f_x:0` is not known');
    expect(namesOf(module)).toEqual(['conv_2d']);
  });

  test('an input of another type needs a range', () => {
    const module = parse(convolution());
    expect(() => quantizeModule(module, { recipe: recipeOf('dynamic'), ioType: 'int8' })).toThrow(/range .* not known/);
  });

  test('ranges that the model states come first', async () => {
    const module = parse(convolution());
    const [x] = module.signatures[0]?.region.args ?? [];
    const [conv] = [...module.ops()].filter(({ name }) => name === 'tfl.conv_2d');
    if (!x || !(conv instanceof Op)) throw new Error('the module is another');
    const stated = new Map([
      [x, { min: -1, max: 1, bits: 8, narrow: false }],
      [conv.result(), { min: 0, max: 6, bits: 8, narrow: false }],
    ]);
    quantizeModule(module, { recipe: recipeOf('int8'), stated });
    expect(conv.operand(0).type).toMatchObject({ quantization: { scale: [Math.fround(2 / 255)], zeroPoint: [-1] } });
    expect(conv.result().type).toMatchObject({ quantization: { scale: [Math.fround(6 / 255)], zeroPoint: [-128] } });
  });
});

describe('what a kernel asks of scales', () => {
  const computed = (op: string, filter: string, attributes = ''): string => `
    signature "f" (%x "x": tensor<1x4x4x2xf32>, %w "w": tensor<${filter}xf32>) -> ("y") {
      %b = const [1, -2] : tensor<2xf32>
      %y = tfl.${op}(%x, %w, %b) ${attributes} return %y }`;

  test.each([
    ['conv_2d', '2x3x3x2', ''],
    ['depthwise_conv_2d', '1x3x3x2', ''],
    ['fully_connected', '2x8', ''],
  ])('computed weights of %s have zero point 0, and the bias their steps', async (op, filter, attributes) => {
    const { module, text, float, outputs } = await quantized(computed(op, filter, attributes), { low: -1, high: 2 });
    expect(namesOf(module)).toEqual(['quantize', 'quantize', op, 'dequantize']);
    expect(text).toMatch(new RegExp(`tfl\\.quantize.*tensor<${filter}xi8, q\\([^:]*:0\\)>`));
    expect(text).toMatch(/as tensor<2xi32, q\(/);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('weights that another kernel gives a zero point are requantized', async () => {
    const text = `signature "f" (%x: tensor<2x8xf32>, %v: tensor<4x8xf32>) -> ("y") {
      %w = tfl.logistic(%v) %y = tfl.fully_connected(%x, %w, none) return %y }`;
    const { module, float, outputs } = await quantized(text);
    expect(namesOf(module)).toEqual(['quantize', 'logistic', 'quantize', 'quantize', 'fully_connected', 'dequantize']);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('an op whose bias is too large for the steps of computed weights stays in float32', async () => {
    const text = `signature "f" (%x: tensor<2x8xf32>, %w: tensor<2x8xf32>) -> ("y") {
      %b = const [1e9, 1] : tensor<2xf32> %y = tfl.fully_connected(%x, %w, %b) return %y }`;
    const { report } = await quantized(text);
    expect(report.ops).toMatchObject([{ applied: 'float32', reason: expect.stringContaining('bias is too large') }]);
  });

  const comparison = `signature "f" (%x: tensor<2x4xf32>, %z: tensor<2x4xf32>) -> ("y") {
    %a = tfl.add(%x, %z) %k = const 0.5 : tensor<f32> %m = tfl.greater(%a, %k)
    %y = tfl.select_v2(%m, %a, %x) return %y }`;

  test('what is compared has one scale', async () => {
    const { module, float, outputs } = await quantized(comparison);
    expect(namesOf(module)).toEqual(['quantize', 'quantize', 'add', 'greater', 'select_v2', 'dequantize']);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('a comparison of numbers whose scale its kernel refuses stays in float32', async () => {
    const { module, report } = await quantized(comparison, { low: -200, high: 200 });
    expect(namesOf(module)).toEqual(expect.arrayContaining(['add', 'dequantize', 'greater', 'select_v2']));
    expect(report.ops.find(({ op }) => op === 'GREATER')).toMatchObject({
      applied: 'float32',
      reason: 'its kernel aborts where a scale is 1 or more',
    });
  });

  test('what is filled up with zeros has zero point 0', async () => {
    const text = `signature "f" (%x: tensor<2x4xf32>) -> ("y") { %d = tfl.matrix_diag(%x) %y = tfl.relu(%d) return %y }`;
    const { module, text: made, float, outputs } = await quantized(text, { low: 1, high: 2 });
    expect(namesOf(module)).toEqual(['quantize', 'matrix_diag', 'relu', 'dequantize']);
    expect(made).toMatch(/tfl\.matrix_diag.*xi8, q\([^:]*:0\)>/);
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  test('what a variable adds up from run to run is float32, unless everything has to be integers', () => {
    const text = `signature "f" (%x: tensor<4xf32>) -> ("y") {
      %v = tfl.var_handle() {shared_name = "v"} : resource<tensor<4xf32>>
      %a = tfl.add(%x, %x) %r = tfl.read_variable(%v) %s = tfl.add(%r, %a)
      tfl.assign_variable(%v, %s) %y = tfl.mul(%a, %a) return %y }`;
    const ranges = { get: () => ({ min: -2, max: 2 }) };
    const { report } = quantizeModule(parse(text), { recipe: recipeOf('int8'), ranges });
    expect(report.ops.map(({ op, applied }) => `${op} ${applied}`)).toEqual([
      ...['ADD int8', 'READ_VARIABLE float32', 'ADD float32', 'ASSIGN_VARIABLE float32', 'MUL int8'],
    ]);
    expect(report.ops[2]?.reason).toMatch(/variable keeps/);
  });

  const scatter = (indices: string, inputs = ''): string => `signature "f" (%x: tensor<2x2xf32>${inputs}) -> ("y") {
    ${indices} %s = const [3, 2] : tensor<2xi32> %u = tfl.add(%x, %x) %n = tfl.scatter_nd(%i, %u, %s)
    %y = tfl.add(%n, %n) return %y }`;

  test('rows are scattered as integers where no two go to one place', async () => {
    const text = scatter('%i = const [2, 0] : tensor<2x1xi32>');
    const { module, float, outputs } = await quantized(text, { low: 1, high: 2 });
    expect(namesOf(module)).toEqual(['quantize', 'add', 'scatter_nd', 'add', 'dequantize']);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('sums of rows that may wrap around stay in float32, and int8-only adds up in int32', async () => {
    const constant = scatter('%i = const [2, 2] : tensor<2x1xi32>');
    expect((await quantized(constant)).report.ops[1]).toMatchObject({ reason: expect.stringContaining('wrap around') });
    for (const text of [constant, scatter('', ', %i: tensor<2x1xi32>')]) {
      const { module, report, float, outputs } = await quantized(text, { scheme: 'int8-only', low: 1, high: 2 });
      expect(namesOf(module)).toEqual(['quantize', 'add', 'cast', 'scatter_nd', 'quantize', 'add', 'dequantize']);
      expect(report.counts).toMatchObject({ int8: 3, float32: 0 });
      expect(worstDifference(float, outputs)).toBeLessThan(0.02);
      // More than calibration saw saturates, as all sums do.
      const large = new Map([['x', Tensor.float32([9, 9, 9, 9], [2, 2])]]);
      if (text !== constant) large.set('i', Tensor.int32([2, 2], [2, 1]));
      const values = (await run(module, large)).outputs.get('y')?.data as Float32Array;
      expect(values[4]).toBe(Math.max(...values));
      expect(values[4]).toBeGreaterThan(6);
    }
  });

  test('what is moved has a scale where nothing is known of the result', async () => {
    const text = `signature "f" (%x "x": tensor<4xf32>, %b "b": tensor<1xi32>) -> ("y") {
      %k = const [1] : tensor<1xi32> %m = const [9] : tensor<1xi32> %y = tfl.strided_slice(%x, %b, %m, %k) return %y }`;
    const ranges = new Map([['f/f_x:0', { min: -2, max: 2 }]]);
    for (const ioType of ['int8', 'uint8', 'int16'] as const) {
      const { text: made, report } = await quantized(text, { scheme: 'int8-only', ranges, ioType });
      expect([ioType, report.counts.int8]).toEqual([ioType, 1]);
      expect(made).toMatch(/tfl\.strided_slice.*xi8, q\(/);
    }
  });

  const division = 'signature "f" (%x: tensor<4xf32>, %y: tensor<4xf32>) -> ("z") { %z = tfl.div(%x, %y) return %z }';

  test('a division has a divisor that is never stored as zero', async () => {
    const { module, report, float, outputs } = await quantized(division, { low: 0.5, high: 4 });
    expect(namesOf(module)).toEqual(['quantize', 'quantize', 'maximum', 'div', 'dequantize']);
    expect(report.counts.int8).toBe(1);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
    const inputs = new Map([
      ['x', Tensor.float32([1, 1, 1, 1], [4])],
      ['y', Tensor.float32([0, -3, 1e-9, 2], [4])],
    ]);
    const [none, negative, least, two] = (await run(module, inputs)).outputs.get('z')?.data ?? [];
    expect([none, negative]).toEqual([least, least]);
    expect(two).toBeCloseTo(0.5, 1);
  });

  test('a negative divisor stays one', async () => {
    const { module, float, outputs } = await quantized(division, { low: -4, high: -0.5 });
    expect(namesOf(module)).toContain('minimum');
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
    await run(module, new Map(['x', 'y'].map((name) => [name, Tensor.float32([0, 0, 0, 0], [4])])));
  });

  test('a divisor that comes near zero leaves the division in float32, and int8-only divides by a step instead', async () => {
    const kept = await quantized(division, { low: -1, high: 4 });
    expect(kept.report.ops[0]).toMatchObject({ applied: 'float32', reason: expect.stringContaining('near zero') });
    const { module, report } = await quantized(division, { scheme: 'int8-only', low: -300, high: 900 });
    expect(report.counts.int8).toBe(1);
    expect(namesOf(module)).toEqual(['quantize', 'quantize', 'cast', 'equal', 'select_v2', 'div', 'dequantize']);
    const inputs = new Map([
      ['x', Tensor.float32([0, 0, 0, 500], [4])],
      ['y', Tensor.float32([0, 1, -1, 900], [4])],
    ]);
    const [zero, one, other] = (await run(module, inputs)).outputs.get('z')?.data ?? [];
    expect([zero, one, other]).toEqual([0, 0, 0]);
  });

  test('a division by a constant is one of integers', async () => {
    const text = `signature "f" (%x: tensor<4xf32>) -> ("z") {
      %k = const [0.5, -3, 3, 1] : tensor<4xf32> %z = tfl.div(%x, %k) return %z }`;
    const { report, float, outputs } = await quantized(text);
    expect(report.counts.int8).toBe(1);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('ops that only move elements are integers where inputs and outputs are', async () => {
    const text =
      'signature "f" (%x "x": tensor<2x4xf32>) -> ("y") { %s = const [8] : tensor<1xi32> %y = tfl.reshape(%x, %s) return %y }';
    expect(namesOf((await quantized(text)).module)).toEqual(['reshape']);
    expect(namesOf((await quantized(text, { ioType: 'int8' })).module)).toEqual(['reshape']);
    const { report } = await quantized(text, { ioType: 'int8' });
    expect(report.counts.int8).toBe(1);
  });

  test('nothing is known of a tensor without elements, and any scale does', async () => {
    const text = 'signature "f" (%x: tensor<2x0xf32>, %z: tensor<2x0xf32>) -> ("y") { %y = tfl.add(%x, %z) return %y }';
    const { module } = quantizeModule(parse(text), { recipe: recipeOf('int8'), ranges: new Map() });
    expect(namesOf(module)).toEqual(['quantize', 'quantize', 'add', 'dequantize']);
  });
});

describe('results that span more than integers resolve', () => {
  const normalization = `signature "f" (%x: tensor<4x8xf32>) -> ("y") {
    %k = const 2.0 : tensor<f32> %eps = const 0.001 : tensor<f32> %axes = const [1] : tensor<1xi32>
    %w = const iota(0.01) : tensor<8x8xf32> %b = const splat(0.0) : tensor<8xf32>
    %d = tfl.fully_connected(%x, %w, %b) %r = tfl.add(%d, %x)
    %m = tfl.mean(%r, %axes) {keep_dims = true} %q = tfl.squared_difference(%r, %m)
    %v = tfl.mean(%q, %axes) {keep_dims = true} %e = tfl.add(%v, %eps) %i = tfl.rsqrt(%e)
    %c = tfl.sub(%r, %m) %n = tfl.mul(%c, %i) %y = tfl.fully_connected(%n, %w, %b) return %y }`;

  test('a normalization stays float32 as a whole, between matrix products of integers', async () => {
    const { report } = await quantized(normalization);
    const kept = report.ops.filter(({ applied }) => applied === 'float32').map(({ op }) => op);
    expect(kept).toEqual(['ADD', 'MEAN', 'SQUARED_DIFFERENCE', 'MEAN', 'ADD', 'RSQRT', 'SUB', 'MUL']);
    expect(report.counts.int8).toBe(2);
    expect(report.conversions).toBe(4);
  });

  test('int8-only quantizes it', async () => {
    const { report } = await quantized(normalization, { scheme: 'int8-only' });
    expect(report.counts).toMatchObject({ int8: 10, float32: 0 });
  });

  test('an op with weights whose results go to a logarithm only has its weights quantized', async () => {
    const text = `signature "f" (%x: tensor<2x64xf32>) -> ("y") {
      %w = const iota(0.001) : tensor<32x64xf32> %b = const splat(1.0) : tensor<32xf32>
      %d = tfl.fully_connected(%x, %w, %b) %e = tfl.square(%d) %eps = const 1.0 : tensor<f32>
      %f = tfl.add(%e, %eps) %y = tfl.log(%f) return %y }`;
    const { report } = await quantized(text);
    expect(report.ops.map(({ op, applied }) => `${op} ${applied}`)).toEqual([
      'FULLY_CONNECTED dynamic',
      'SQUARE float32',
      'ADD float32',
      'LOG float32',
    ]);
    expect(report.ops[0]).toMatchObject({ wanted: 'int8', reason: expect.stringContaining('more than 8 bits') });
  });
});
