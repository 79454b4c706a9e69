import { describe, expect, test } from '@jest/globals';
import { parseModule } from '#ir/parse.js';
import { printModule } from '#ir/print.js';
import { type Explanation, explainObserver } from '#passes/explain-observer.js';
import { done, noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { Tensor } from '#tensor/tensor.js';
import { Add, Neg, toyOps } from '../ir/toy-dialect.js';

function rewritten(text: string, rewrites: Rewrite[], explanations: Explanation[] = []): string {
  const pass = rewritePass({ name: 'try-rewrites', summary: 'Tries.', rewrites });
  const module = parseModule(text, toyOps);
  runPasses(module, [pass], [verifyObserver(), explainObserver('try-rewrites', explanations)]);
  return printModule(module);
}

const cancelNegations: Rewrite = {
  name: 'cancel-negations',
  anchors: [Neg],
  rewrite(op) {
    const inner = op.operand(0).producer;
    return inner?.is(Neg) ? [inner.operand(0)] : noMatch('its operand is no negation');
  },
};

test('is applied until nothing matches, and tells why not', () => {
  const text = `signature "s" (%x: tensor<2xf32>) -> ("y") {
    %a = toy.neg(%x) %b = toy.neg(%a) %c = toy.neg(%b) %d = toy.neg(%c) %e = toy.neg(%d) return %e
  }`;
  const explanations: Explanation[] = [];
  expect(rewritten(text, [cancelNegations], explanations)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = toy.neg(%arg0) : tensor<2xf32>
  return %0
}
"
`);
  expect(explanations).toMatchObject([{ op: 'toy.neg', reason: 'cancel-negations: its operand is no negation' }]);
});

test('new ops stand in front of the anchor, with its location and those of what they replace', () => {
  const addOne: Rewrite = {
    name: 'add-one',
    anchors: [Neg],
    rewrite(op, build) {
      const one = build.constant(Tensor.float32([1, 1]));
      const producer = op.operand(0).producer;
      if (!producer) return noMatch('no producer');
      return [build.fuse(producer).value(Add, [op.operand(0), one], { activation: 'NONE' })];
    },
  };
  const text = `signature "s" (%x: tensor<2xf32>) -> ("y") {
    %a = toy.add(%x, %x) loc("a") %b = toy.neg(%a) loc("b") toy.print(%b) return %b
  }`;
  expect(rewritten(text, [addOne])).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = toy.add(%arg0, %arg0) : tensor<2xf32> loc("a")
  %c0 = const splat(1) : tensor<2xf32> loc("b")
  %1 = toy.add(%0, %c0) : tensor<2xf32> loc("b" + "a")
  toy.print(%1)
  return %1
}
"
`);
});

test('the first rewrite that matches counts, also one that changes the anchor in place', () => {
  const activate: Rewrite = {
    name: 'activate',
    anchors: [Add],
    rewrite(op, { editor }) {
      if (op.attributes['activation'] !== 'NONE') return noMatch('it has an activation');
      editor.setAttributes(op, { activation: 'RELU' });
      return done;
    },
  };
  const text = 'signature "s" (%x: tensor<f32>) -> ("y") { %a = toy.add(%x, %x) return %a }';
  const explanations: Explanation[] = [];
  expect(rewritten(text, [activate, { ...activate, name: 'second' }], explanations)).toContain('"RELU"');
  expect(explanations.map(({ reason }) => reason)).toEqual([
    'activate: it has an activation',
    'second: it has an activation',
  ]);
});

test('a shape that was known stays known', () => {
  const forget: Rewrite = {
    name: 'forget',
    anchors: [Neg],
    rewrite: (op, build) => [build.value(Add, [op.operand(0), op.operand(0)], { activation: 'NONE' })],
  };
  const text = 'signature "s" (%x: tensor<?x?xf32>) -> ("y") { %a = toy.neg(%x) : tensor<?x3xf32> return %a }';
  expect(rewritten(text, [forget])).toContain('toy.add(%arg0, %arg0) : tensor<?x3xf32>');
});

describe('defects', () => {
  test('rewrites that undo each other are stopped', () => {
    const flip: Rewrite = {
      name: 'flip',
      anchors: [Neg],
      rewrite: (op, build) => [build.value(Neg, [op.operand(0)], {})],
    };
    const text = 'signature "s" (%x: tensor<f32>) -> ("y") { %a = toy.neg(%x) return %a }';
    expect(() => rewritten(text, [flip])).toThrow('try-rewrites does not come to an end');
  });
});

test('the cost is linear: a long chain is done in one run', () => {
  const chain = Array.from({ length: 2000 }, (_, i) => `%${i + 1} = toy.neg(%${i})`).join('\n');
  const text = `signature "s" (%0: tensor<f32>) -> ("y") { ${chain} return %2000 }`;
  let offers = 0;
  const counting: Rewrite = {
    ...cancelNegations,
    rewrite(op, build) {
      offers++;
      return cancelNegations.rewrite(op, build);
    },
  };
  expect(rewritten(text, [counting])).toContain('return %arg0');
  expect(offers).toBeLessThan(4 * 2000);
});
