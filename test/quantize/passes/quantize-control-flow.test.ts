import { describe, expect, jest, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { calibrate } from '#quantize/calibrate.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { type Recipe, recipeOf, type Scheme } from '#quantize/recipe.js';
import { exportModule } from '#tflite/export/export-module.js';
import { parse } from '../../support/dialects.js';
import { makeWeightsConstant, randomInputs, run, worstDifference } from '../quantized-runs.js';

jest.setTimeout(120_000);

interface Options {
  readonly scheme?: Scheme;
  readonly recipe?: Recipe;
  readonly ioType?: 'float32' | 'int8';
}

/** Quantizes by what calibration finds on some inputs, and compares the results of another one. */
async function quantized(
  text: string,
  { scheme = 'int8-only', recipe = recipeOf(scheme), ioType = 'float32' }: Options = {},
) {
  const parsed = (): Module => {
    const module = parse(text);
    makeWeightsConstant(module);
    return module;
  };
  const inputs = randomInputs(parsed(), -1, 1);
  const source = {
    async *samples() {
      yield { index: 0, values: inputs };
    },
  };
  const ranges = await calibrate(exportModule(parsed()), source, { workers: 1 });
  const observers = [verifyObserver()];
  const { module, report } = quantizeModule(parsed(), { recipe, ranges, ioType, observers });
  const difference =
    ioType === 'float32'
      ? worstDifference((await run(parsed(), inputs)).outputs, (await run(module, inputs)).outputs)
      : undefined;
  return { module, report, text: printModule(module), difference };
}

/** Ops of each region, constants aside, by name. */
function opsOf(module: Module): string[][] {
  return [...module.regions()].map((region) =>
    [...region.ops()].flatMap(({ name }) => (name === 'const' ? [] : [name.slice('tfl.'.length)])),
  );
}

const condition = '{ %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more }';
const count = '%one = const 1 : tensor<i32> %next = tfl.add(%n, %one)';

/** h = tanh(W·h + x), four times. */
const recurrent = `signature "f" (%x "x": tensor<1x8xf32>) -> ("y") {
  %n = const 0 : tensor<i32> %zeros = const splat(0) : tensor<1x8xf32>
  %m, %y, %same = tfl.while(%n, %zeros, %x) (%n: tensor<i32>, %h: tensor<1x8xf32>, %x: tensor<1x8xf32>) ${condition}
  (%n: tensor<i32>, %h: tensor<1x8xf32>, %x: tensor<1x8xf32>) {
    ${count} %w = const iota(0.01) : tensor<8x8xf32> %b = const splat(0.5) : tensor<8xf32>
    %product = tfl.fully_connected(%h, %w, %b) %sum = tfl.add(%product, %x) %new = tfl.tanh(%sum)
    return %next, %new, %x
  } return %y }`;

describe('loops', () => {
  test.each([
    ['int8-only', 'i8', 0.05],
    ['int16x8', 'i16', 0.01],
  ] as const)('are %s inside, without a conversion in the body or around the loop', async (scheme, dtype, most) => {
    const { module, text, difference, report } = await quantized(recurrent, { scheme });
    expect(opsOf(module)).toEqual([
      ['quantize', 'while', 'dequantize'],
      ['less'],
      ['add', 'fully_connected', 'add', 'tanh'],
    ]);
    expect(text).toMatch(/as tensor<8x8xi8, q@0/);
    expect(text).toMatch(new RegExp(`%arg1: tensor<1x8x${dtype}, q\\(`));
    expect(difference).toBeLessThan(most);
    expect(report.counts).toMatchObject({ float32: 0, [scheme === 'int16x8' ? scheme : 'int8']: 4 });
  });

  test('inputs and outputs of the model may have the same form', async () => {
    const { module } = await quantized(recurrent, { ioType: 'int8' });
    expect(opsOf(module)[0]).toEqual(['while']);
  });

  test('one scale holds for what comes in, what the body gives, and what comes out', async () => {
    const text = `signature "f" (%x "x": tensor<1x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32> %ten = const 10.0 : tensor<f32> %start = tfl.mul(%x, %ten)
      %m, %y = tfl.while(%n, %start) (%n: tensor<i32>, %h: tensor<1x8xf32>) ${condition}
      (%n: tensor<i32>, %h: tensor<1x8xf32>) {
        ${count} %half = const 0.5 : tensor<f32> %new = tfl.mul(%h, %half) return %next, %new
      } return %y }`;
    const { module, difference } = await quantized(text);
    expect(opsOf(module)).toEqual([['quantize', 'mul', 'while', 'dequantize'], ['less'], ['add', 'mul']]);
    expect(difference).toBeLessThan(0.05);
  });

  test('what int8 would round again in each run has 16 bits, products with weights 8', async () => {
    const { module, text, difference, report } = await quantized(recurrent, { scheme: 'int8' });
    expect(opsOf(module)).toEqual([
      ['quantize', 'while', 'dequantize'],
      ['less'],
      ['add', 'quantize', 'fully_connected', 'quantize', 'add', 'tanh'],
    ]);
    expect(text).toMatch(/tfl\.fully_connected.* : tensor<1x8xi8/);
    expect(text).toMatch(/%arg1: tensor<1x8xi16, q\(/);
    const eight = await quantized(recurrent);
    expect(difference).toBeLessThan((eight.difference as number) / 1.5);
    expect(report.counts).toMatchObject({ float32: 0, int8: 1, int16x8: 3 });
    expect(report.ops.find(({ op }) => op === 'TANH')?.reason).toMatch(/rounding to 8 bits would add up/);
  });

  test('a recipe may ask for 8 bits all the same', async () => {
    const recipe = { ...recipeOf('int8'), options: { wideStates: false } };
    expect((await quantized(recurrent, { recipe })).report.counts).toMatchObject({ int8: 4, int16x8: 0 });
  });

  test('what is moved to such ops is converted outside of the loop, and its product computed in two halves', async () => {
    const text = `signature "f" (%x "x": tensor<4x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32> %zeros = const splat(0) : tensor<8xf32> %v = const iota(0.02) : tensor<8x8xf32>
      %b = const splat(-0.3) : tensor<8xf32> %all = tfl.fully_connected(%x, %v, %b)
      %m, %y, %same = tfl.while(%n, %zeros, %all) (%n: tensor<i32>, %h: tensor<8xf32>, %x: tensor<4x8xf32>) ${condition}
      (%n: tensor<i32>, %h: tensor<8xf32>, %x: tensor<4x8xf32>) {
        ${count} %step = tfl.gather(%x, %n) %sum = tfl.add(%h, %step) %new = tfl.tanh(%sum) return %next, %new, %x
      } return %y }`;
    const { module, text: after, difference } = await quantized(text, { scheme: 'int8' });
    expect(opsOf(module)).toEqual([
      [...['quantize', 'fully_connected', 'fully_connected', 'quantize', 'quantize', 'add'], 'while', 'dequantize'],
      ['less'],
      ['add', 'gather', 'add', 'tanh'],
    ]);
    // One ends at zero, the other begins there; both have the same weights.
    expect(after).toMatch(/tfl\.fully_connected.* : tensor<4x8xi8, q\([^:]*:127\)>/);
    expect(after).toMatch(/tfl\.fully_connected.* : tensor<4x8xi8, q\([^:]*:-128\)>/);
    expect(after.match(/as tensor<8x8xi8/g)).toHaveLength(1);
    expect(difference).toBeLessThan(0.01);
  });

  test('lists that are filled only move elements, and stay in 8 bits', async () => {
    const text = `signature "f" (%x "x": tensor<4x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32> %list = const splat(0) : tensor<4x8xf32> %two = const 2.0 : tensor<f32>
      %twice = tfl.mul(%x, %two)
      %m, %y, %same = tfl.while(%n, %list, %twice) (%n: tensor<i32>, %l: tensor<4x8xf32>, %x: tensor<4x8xf32>) ${condition}
      (%n: tensor<i32>, %l: tensor<4x8xf32>, %x: tensor<4x8xf32>) {
        ${count} %zero = const 0 : tensor<i32> %at = tfl.pack(%n, %zero) {axis = 0, values_count = 2}
        %shape = const [1, 8] : tensor<2xi32> %size = const [1, 8] : tensor<2xi32>
        %row = tfl.slice(%x, %at, %size) %filled = tfl.dynamic_update_slice(%l, %row, %at) return %next, %filled, %x
      } return %y }`;
    const { module, report } = await quantized(text, { scheme: 'int8' });
    expect(opsOf(module)[0]).toEqual(['quantize', 'mul', 'while', 'dequantize']);
    expect(report.counts).toMatchObject({ float32: 0, int16x8: 0 });
  });

  test('a value that only ops without kernels compute stays float32; it is converted outside', async () => {
    const text = `signature "f" (%x "x": tensor<1x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32> %two = const 2.0 : tensor<f32> %start = tfl.mul(%x, %two)
      %m, %y = tfl.while(%n, %start) (%n: tensor<i32>, %h: tensor<1x8xf32>) ${condition}
      (%n: tensor<i32>, %h: tensor<1x8xf32>) { ${count} %new = tfl.sin(%h) return %next, %new }
      %z = tfl.mul(%y, %two) return %z }`;
    const { module, report } = await quantized(text, { scheme: 'int8' });
    expect(opsOf(module)).toEqual([
      ['quantize', 'mul', 'dequantize', 'while', 'quantize', 'mul', 'dequantize'],
      ['less'],
      ['add', 'sin'],
    ]);
    expect(report.ops.find(({ op }) => op === 'WHILE')).toMatchObject({
      applied: 'float32',
      reason: 'it hands on what ops that stay in float32 give or take',
    });
  });

  test('conditions that look at real numbers take them as float32', async () => {
    const text = `signature "f" (%x "x": tensor<f32>) -> ("y") {
      %y = tfl.while(%x) (%h: tensor<f32>) { %end = const 100.0 : tensor<f32> %more = tfl.less(%h, %end) return %more }
      (%h: tensor<f32>) {
        %two = const 2.0 : tensor<f32> %more = tfl.add(%h, %two) %a = tfl.abs(%more) return %a
      } return %y }`;
    const { module, difference, report } = await quantized(text, { scheme: 'int8' });
    expect(opsOf(module)).toEqual([
      ['quantize', 'while', 'dequantize'],
      ['dequantize', 'less'],
      ['add', 'abs'],
    ]);
    expect(difference).toBeLessThan(0.05);
    expect(report.ops.find(({ op }) => op === 'LESS')?.reason).toMatch(/condition of a loop/);
  });

  test('within loops have the form of what they are given', async () => {
    const text = `signature "f" (%x "x": tensor<1x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32>
      %m, %y = tfl.while(%n, %x) (%n: tensor<i32>, %h: tensor<1x8xf32>) ${condition}
      (%n: tensor<i32>, %h: tensor<1x8xf32>) {
        ${count}
        %k, %inner = tfl.while(%n, %h) (%n: tensor<i32>, %h: tensor<1x8xf32>) ${condition}
        (%n: tensor<i32>, %h: tensor<1x8xf32>) {
          ${count} %w = const iota(0.01) : tensor<8x8xf32> %product = tfl.fully_connected(%h, %w, none)
          %new = tfl.tanh(%product) return %next, %new
        } return %next, %inner
      } return %y }`;
    const { module, difference } = await quantized(text);
    expect(opsOf(module)).toEqual([
      ['quantize', 'while', 'dequantize'],
      ['less'],
      ['add', 'while'],
      ['less'],
      ['add', 'fully_connected', 'tanh'],
    ]);
    expect(difference).toBeLessThan(0.05);
  });

  test('that only move elements stay in float32 among such ops, and are integers among integers', async () => {
    const moving = (op: string) => `signature "f" (%x "x": tensor<2x8xf32>) -> ("y") {
      %n = const 0 : tensor<i32> %before = tfl.${op}(%x)
      %m, %h = tfl.while(%n, %before) (%n: tensor<i32>, %h: tensor<2x8xf32>) ${condition}
      (%n: tensor<i32>, %h: tensor<2x8xf32>) {
        ${count} %axis = const [0] : tensor<1xi32> %new = tfl.reverse_v2(%h, %axis) return %next, %new
      } %y = tfl.${op}(%h) return %y }`;
    expect(opsOf((await quantized(moving('sin'), { scheme: 'int8' })).module)).toEqual([
      ['sin', 'while', 'sin'],
      ['less'],
      ['add', 'reverse_v2'],
    ]);
    expect(opsOf((await quantized(moving('abs'))).module)).toEqual([
      ['quantize', 'abs', 'while', 'abs', 'dequantize'],
      ['less'],
      ['add', 'reverse_v2'],
    ]);
  });

  test('int8-only refuses what stays float32 in a body', async () => {
    const text = recurrent.replace('tfl.tanh(%sum)', 'tfl.sin(%sum)');
    await expect(quantized(text, { scheme: 'int8-only' })).rejects.toThrow(DiagnosticError);
  });
});

describe('branches', () => {
  const branches = (op: string) => `signature "f" (%x "x": tensor<1x8xf32>, %p "p": tensor<i1>) -> ("y") {
    %two = const 2.0 : tensor<f32> %start = tfl.mul(%x, %two)
    %h = tfl.if(%p, %start) (%h: tensor<1x8xf32>) { %y = tfl.${op}(%h) return %y } (%h: tensor<1x8xf32>) { return %h }
    %y = tfl.add(%h, %h) return %y }`;

  test('take and give integers, of one scale whichever is taken', async () => {
    const text = branches('abs').replace(
      '(%h: tensor<1x8xf32>) { return %h }',
      '(%h: tensor<1x8xf32>) { %y = tfl.relu(%h) return %y }',
    );
    const { module, difference } = await quantized(text, { scheme: 'int8' });
    expect(difference).toBeLessThan(0.05);
    // Ranges are known of the branch that calibration took; what the other one computes is float32.
    expect(opsOf(module)[0]).toEqual(['quantize', 'mul', 'if', 'add', 'dequantize']);
  });

  test('a branch that hands on what it is given converts nothing', async () => {
    const { module, difference } = await quantized(branches('abs'), { scheme: 'int8' });
    expect(difference).toBeLessThan(0.05);
    expect(opsOf(module)[2]).toEqual([]);
  });
});
