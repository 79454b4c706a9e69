import { describe, expect, test } from '@jest/globals';
import { RuleMatcher } from '#quantize/match-rules.js';
import { rangeAlgorithmsOf } from '#quantize/range-choice.js';
import { type Recipe, recipeOf } from '#quantize/recipe.js';
import { parse } from '../support/dialects.js';

const weights = '%w = const splat(0.5) : tensor<4x4xf32>';
const types = '(%n: tensor<i32>, %h: tensor<2x4xf32>, %p: tensor<2x4xf32>)';

/** A loop that adds a product of its state to one from outside, and gives what it has behind another product. */
const network = (further = '') => `signature "f" (%x: tensor<2x4xf32>) -> ("y") {
  ${weights} %n = const 0 : tensor<i32> %zeros = const splat(0) : tensor<2x4xf32>
  %given = tfl.fully_connected(%x, %w, none) loc("given") ${further}
  %s = const [2, 4] : tensor<2xi32> %shaped = tfl.reshape(%given, %s) loc("shaped")
  %m, %h, %p = tfl.while(%n, %zeros, %shaped) ${types} {
    %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
  } ${types} {
    ${weights} %one = const 1 : tensor<i32> %next = tfl.add(%n, %one)
    %inner = tfl.fully_connected(%h, %w, none) loc("inner") %sum = tfl.add(%inner, %p) loc("sum")
    %new = tfl.tanh(%sum) loc("new") return %next, %new, %p
  }
  %last = tfl.fully_connected(%h, %w, none) loc("last") return %last }`;

/** Names of the tensors that get another range than that of all values, with their algorithms. */
function chosen(recipe: Recipe, text = network()): Record<string, unknown> {
  const algorithms = rangeAlgorithmsOf(parse(text), new RuleMatcher(recipe));
  return Object.fromEntries([...algorithms].filter(([, { algorithm }]) => algorithm !== 'min-max'));
}

describe('rangeAlgorithmsOf', () => {
  test('products that a loop computes or takes have the range of the least error', () => {
    const names = Object.keys(chosen(recipeOf('int8')));
    expect(names).toEqual(['f/given', expect.stringContaining('inner')]);
    expect(Object.keys(chosen(recipeOf('int8-only')))).toEqual(names);
  });

  test('not what others take as well, and not in 16 bits', () => {
    const text = network('%other = tfl.tanh(%given)');
    expect(Object.keys(chosen(recipeOf('int8'), text))).toEqual([expect.stringContaining('inner')]);
    expect(chosen(recipeOf('int16x8'))).toEqual({});
  });

  test('a recipe that names an algorithm has it for all', () => {
    expect(chosen({ ...recipeOf('int8'), activations: { algorithm: 'min-max' } })).toEqual({});
    const rules = [{ match: { tensor: 'y' }, activations: { algorithm: 'percentile', percentile: 99 } } as const];
    expect(chosen({ ...recipeOf('int8'), rules })['f/y']).toEqual({ algorithm: 'percentile', percentile: 99 });
  });

  test('steps are counted as the scheme cuts them', () => {
    const wide = chosen({ ...recipeOf('int16x8'), activations: { algorithm: 'mse' } });
    expect(wide['f/given']).toEqual({ algorithm: 'mse', bits: 16 });
    const narrow = chosen({ ...recipeOf('int8'), activations: { algorithm: 'entropy' } });
    expect(narrow['f/given']).toEqual({ algorithm: 'entropy' });
  });
});
