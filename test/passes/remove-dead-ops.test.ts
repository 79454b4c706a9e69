import { expect, test } from '@jest/globals';
import { parseModule } from '#ir/parse.js';
import { printModule } from '#ir/print.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { toyOps } from '../ir/toy-dialect.js';

function optimized(text: string): string {
  const module = parseModule(text, toyOps);
  runPasses(module, [removeDeadOps], [verifyObserver()]);
  return printModule(module);
}

test('chains and constants go, also in bodies; what has side effects stays with all that it needs', () => {
  const text = `signature "s" (%x: tensor<2xf32>) -> ("y") {
    %c = const [1, 2] : tensor<2xf32>
    %a = toy.add(%x, %c)
    %b = toy.neg(%a)
    %kept = toy.neg(%x)
    toy.print(%kept)
    %l, %unused = toy.split(%x) {axis = 0}
    %dead = toy.loop(%b) (%i: tensor<2xf32>) { %j = toy.neg(%i) return %j } : tensor<2xf32>
    %live = toy.loop(%x) (%i: tensor<2xf32>) { %j = toy.neg(%i) toy.print(%i) return %i } : tensor<2xf32>
    return %l
  }`;
  expect(optimized(text)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = toy.neg(%arg0) : tensor<2xf32>
  toy.print(%0)
  %1, %2 = toy.split(%arg0) {axis = 0} : tensor<1xf32>, tensor<1xf32>
  %3 = toy.loop(%arg0) (%arg0: tensor<2xf32>) {
    toy.print(%arg0)
    return %arg0
  } : tensor<2xf32>
  return %1
}
"
`);
});
