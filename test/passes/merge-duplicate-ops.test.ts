import { expect, test } from '@jest/globals';
import { parseModule } from '#ir/parse.js';
import { printModule } from '#ir/print.js';
import { type Explanation, explainObserver } from '#passes/explain-observer.js';
import { mergeDuplicateOps } from '#passes/merge-duplicate-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { toyOps } from '../ir/toy-dialect.js';

function optimized(text: string, explanations: Explanation[] = []): string {
  const module = parseModule(text, toyOps);
  runPasses(module, [mergeDuplicateOps], [verifyObserver(), explainObserver('merge-duplicate-ops', explanations)]);
  return printModule(module);
}

test('equal ops on equal operands are computed once, chains of them too', () => {
  const text = `signature "s" (%x: tensor<2xf32>) -> ("y", "z") {
    %c = const [1, 2] : tensor<2xf32> loc("c")
    %d = const [1, 2] : tensor<2xf32> loc("d")
    %a = toy.add(%x, %c) loc("a")
    %b = toy.add(%x, %d) {activation = "NONE"} loc("b")
    %e = toy.add(%x, %d) {activation = "RELU"}
    %f = toy.neg(%a) loc("f")
    %g = toy.neg(%b) loc("g")
    %h = toy.add(%e, %g)
    return %f, %h
  }`;
  expect(optimized(text)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y", "z") {
  %c0 = const [1, 2] : tensor<2xf32> loc("c")
  %0 = toy.add(%arg0, %c0) : tensor<2xf32> loc("a" + "b")
  %1 = toy.add(%arg0, %c0) {activation = "RELU"} : tensor<2xf32>
  %2 = toy.neg(%0) : tensor<2xf32> loc("f" + "g")
  %3 = toy.add(%1, %2) : tensor<2xf32>
  return %2, %3
}
"
`);
});

test('what is not equal stays: side effects, bodies, other operands, bits, dtypes, shapes, attributes', () => {
  const text = `signature "s" (%x: tensor<2xf32>, %w: tensor<2xf32>) -> () {
    toy.print(%x)
    toy.print(%x)
    %0 = toy.loop(%x) () { return } : tensor<f32>
    %1 = toy.loop(%x) () { return } : tensor<f32>
    %2 = toy.add(%x, %w)
    %3 = toy.add(%w, %x)
    %4 = const 0 : tensor<f32>
    %5 = const -0 : tensor<f32>
    %6 = const 0 : tensor<i32>
    %7 = const [0] : tensor<1xf32>
    %8 = const [0] : tensor<1xf32> as tensor<1xf32, q(1:0)>
    %9 = toy.opaque(%x) {any = "1"} : tensor<f32>
    %10 = toy.opaque(%x) {any = 1} : tensor<f32>
    %11 = toy.opaque(%x) {any = [1, 2]} : tensor<f32>
    %12 = toy.opaque(%x) {any = ["1,2"]} : tensor<f32>
    %13 = toy.opaque(%x) {any = 1n} : tensor<f32>
    %14 = toy.opaque(%x) {any = bytes("01")} : tensor<f32>
    %15 = toy.opaque(%x, none) {any = 1} : tensor<f32>
    return
  }`;
  const explanations: Explanation[] = [];
  const before = printModule(parseModule(text, toyOps));
  expect(optimized(text, explanations)).toBe(before);
  expect(explanations).toMatchObject([{ op: 'const', reason: 'an equal op has results of other types' }]);
});

test('constants are compared in full', () => {
  const constants = [
    'iota(1) : tensor<1000xf32>',
    'splat(1) : tensor<1000xf32>',
    'iota(1) : tensor<1000xf32>',
    'splat(1) : tensor<1000xf32>',
    'iota(1) : tensor<10x100xf32>',
    '["a", "bc"] : tensor<2xstr>',
    '["ab", "c"] : tensor<2xstr>',
    '["ab", "c"] : tensor<2xstr>',
  ];
  const text = `signature "s" () -> () { ${constants.map((value, i) => `%${i} = const ${value}`).join('\n')} return }`;
  expect(optimized(text).match(/ = const/g)).toHaveLength(5);
});

test('each body has its own values', () => {
  const text = `signature "s" (%x: tensor<f32>) -> () {
    %0 = toy.loop(%x) (%i: tensor<f32>) {
      %a = const 1 : tensor<f32>
      %b = const 1 : tensor<f32>
      %c = toy.add(%a, %b)
      return %c
    } : tensor<f32>
    %1 = const 1 : tensor<f32>
    return
  }`;
  expect(optimized(text)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<f32>) -> () {
  %0 = toy.loop(%arg0) (%arg0: tensor<f32>) {
    %c0 = const 1 : tensor<f32>
    %0 = toy.add(%c0, %c0) : tensor<f32>
    return %0
  } : tensor<f32>
  %c0 = const 1 : tensor<f32>
  return
}
"
`);
});
