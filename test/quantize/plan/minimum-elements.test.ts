import { describe, expect, test } from '@jest/globals';
import type { Value } from '#ir/graph.js';
import { goesToLoops, isLoopProduct } from '#quantize/plan/loop-products.js';
import { minimumElements } from '#quantize/plan/minimum-elements.js';
import { recipeOf, type Scheme } from '#quantize/recipe.js';
import { parse } from '../../support/dialects.js';

const types = '(%n: tensor<i32>, %h: tensor<2x4xf32>, %p: tensor<2x4xf32>)';
const weights = '%w = const splat(0.5) : tensor<4x4xf32>';
const module = parse(`signature "f" (%x: tensor<2x4xf32>) -> ("y", "z") {
  ${weights} %n = const 0 : tensor<i32> %zeros = const splat(0) : tensor<2x4xf32> %s = const [2, 4] : tensor<2xi32>
  %before = tfl.fully_connected(%x, %w, none) loc("before") %moved = tfl.reshape(%before, %s) loc("moved")
  %used = tfl.fully_connected(%x, %w, none) loc("used") %z = tfl.tanh(%used) loc("other")
  %m, %h, %p = tfl.while(%n, %moved, %used) ${types} {
    %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
  } ${types} {
    ${weights} %one = const 1 : tensor<i32> %next = tfl.add(%n, %one)
    %in = tfl.fully_connected(%h, %w, none) loc("in") %sum = tfl.add(%in, %p) loc("sum") return %next, %sum, %p
  }
  %behind = tfl.fully_connected(%h, %w, none) loc("behind") return %behind, %z }`);
const ops = new Map([...module.ops()].map((op) => [op.location.node, op]));

function least(node: string, scheme: Scheme, options = {}): number | undefined {
  const op = ops.get(node);
  return op && minimumElements(op, scheme, { ...recipeOf(scheme), options });
}

describe('products of loops', () => {
  test('are computed in them, or for nothing else', () => {
    const found = [...ops].filter(([, op]) => isLoopProduct(op)).map(([node]) => node);
    expect(found).toEqual(['before', 'in']);
  });

  test('not where they are results of the model as well, and however often what is moved divides and joins', () => {
    const at = '%axis = const 0 : tensor<i32> %s = const [4] : tensor<1xi32>';
    const halves = Array.from(
      { length: 60 },
      (_, i) => `%a${i}, %b${i} = tfl.split(%axis, %v${i}) {num_splits = 2}
        %v${i + 1} = tfl.concatenation(%a${i}, %b${i})`,
    ).join('\n');
    const goes = (behind: string): boolean => {
      const { signatures } = parse(`signature "f" (%v0: tensor<4xf32>, %n: tensor<i32>) -> ("y", "z") {
        ${at} ${halves} %m, %h = tfl.while(%n, %v60) (%n: tensor<i32>, %h: tensor<4xf32>) {
          %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
        } (%n: tensor<i32>, %h: tensor<4xf32>) { return %n, %h } return %h, ${behind} }`);
      return goesToLoops(signatures[0]?.region.args[0] as Value);
    };
    expect(goes('%h')).toBe(true);
    expect(goes('%v30')).toBe(false);
  });

  test('need more weights for integers to save time', () => {
    expect(least('in', 'dynamic')).toBe(8192);
    expect(least('before', 'dynamic')).toBe(8192);
    expect(least('behind', 'dynamic')).toBe(1024);
    expect(least('used', 'dynamic')).toBe(1024);
  });

  test('not where size is all that is to be saved, nor where a recipe says how many', () => {
    expect(least('in', 'weight-only')).toBe(1024);
    expect(least('in', 'int4')).toBe(1024);
    expect(least('in', 'dynamic', { minimumElements: 16 })).toBe(16);
  });
});
