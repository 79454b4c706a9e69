import { describe, expect, test } from '@jest/globals';
import { globOf, RuleMatcher, subjectOf } from '#quantize/match-rules.js';
import type { Recipe } from '#quantize/recipe.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import { parse } from '../support/dialects.js';

const subject = { op: 'CONV_2D', layers: ['block_3', 'net/block_3/Conv2D'], tensors: ['main/relu', 'relu'] };

function schemeFor(...rules: Recipe['rules']): string {
  return new RuleMatcher({ name: 'x', default: 'int8', rules, options: {} }).treatmentOf(subject).scheme;
}

describe('rules', () => {
  test('the last that matches decides, otherwise the default', () => {
    expect(schemeFor()).toBe('int8');
    expect(schemeFor({ match: { op: 'ADD' }, scheme: 'float32' })).toBe('int8');
    expect(
      schemeFor(
        { match: { op: 'conv_*' }, scheme: 'int16x8' },
        { match: { layer: 'block_3' }, scheme: 'float32' },
        { match: { layer: 'block_4' }, scheme: 'float16' },
      ),
    ).toBe('float32');
  });

  test('all that is given has to match', () => {
    expect(schemeFor({ match: { op: 'CONV_2D', tensor: 'relu' }, scheme: 'float32' })).toBe('float32');
    expect(schemeFor({ match: { op: 'CONV_2D', tensor: 'tanh' }, scheme: 'float32' })).toBe('int8');
    expect(schemeFor({ match: { layer: '*/block_?/*' }, scheme: 'float32' })).toBe('float32');
    expect(schemeFor({ match: { tensor: 'main/*' }, scheme: 'float32' })).toBe('float32');
  });

  test('what a rule leaves open is as the recipe says for all', () => {
    const matcher = new RuleMatcher({
      name: 'x',
      default: 'int8',
      granularity: 'per-tensor',
      weights: { algorithm: 'mse' },
      activations: { algorithm: 'percentile', percentile: 99 },
      rules: [{ match: { op: 'CONV_2D' }, weights: { bits: 4 }, activations: { algorithm: 'min-max' } }],
      options: {},
    });
    expect(matcher.treatmentOf(subject)).toEqual({
      scheme: 'int8',
      granularity: 'per-tensor',
      weights: { algorithm: 'mse', bits: 4 },
      activations: { algorithm: 'min-max', percentile: 99 },
    });
  });

  test('4-bit weights search for their scales unless something else is said', () => {
    const { weights } = new RuleMatcher({ name: 'x', default: 'int4', rules: [], options: {} }).treatmentOf(subject);
    expect(weights).toEqual({ algorithm: 'mse', bits: 4 });
  });

  test('a glob stands for whole names, and other characters for themselves', () => {
    expect(globOf('a.b*').test('a.bc')).toBe(true);
    expect(globOf('a.b*').test('axbc')).toBe(false);
    expect(globOf('(a|b)[0]').test('(a|b)[0]')).toBe(true);
    expect(globOf('a').test('ab')).toBe(false);
  });

  test('an op is known by its builtin, its layers and its tensors’ names', () => {
    const module = parse(`signature "f" (%x: tensor<2xf32>) -> ("y") {
      %a = tfl.relu(%x) loc("net/block/Relu")
      %y = tfl.abs(%a) return %y }`);
    const names = nameModuleValues(module);
    const [relu, abs] = [...module.ops()];
    expect(relu && subjectOf(relu, names)).toEqual({
      op: 'RELU',
      layers: ['net/block/Relu'],
      tensors: ['f/net/block/Relu', 'net/block/Relu'],
    });
    expect(abs && subjectOf(abs, names)).toEqual({ op: 'ABS', layers: [], tensors: ['f/y', 'y'] });
  });
});
