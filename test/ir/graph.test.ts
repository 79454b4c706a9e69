import { describe, expect, test } from '@jest/globals';
import { Op, Region, type Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { printRegion } from '#ir/print.js';
import { tensorType } from '#ir/type.js';
import { verifyModule } from '#ir/verify.js';
import { Add, Loop, Neg, toyOps } from './toy-dialect.js';

const f32 = tensorType('float32', [2]);

function parts(): { module: Module; region: Region; x: Value; neg: Op; add: Op } {
  const module = parseModule(
    'signature "s" (%x: tensor<2xf32>) -> ("y") { %a = toy.neg(%x) %b = toy.add(%a, %a) return %b }',
    toyOps,
  );
  const { region } = module.signatures[0] as { region: Region };
  const [neg, add] = [...region.ops()] as [Op, Op];
  return { module, region, x: region.args[0] as Value, neg, add };
}

function newNeg(operand: Value): Op {
  return new Op(Neg, { operands: [operand], attributes: {}, types: [operand.type], location: {} });
}

describe('values', () => {
  test('know their uses, each operand being one', () => {
    const { x, neg, add, region } = parts();
    expect(neg.result().uses).toEqual([
      { user: add, index: 0 },
      { user: add, index: 1 },
    ]);
    expect(neg.result().users).toEqual([add]);
    expect(add.result().uses).toEqual([{ user: region, index: 0 }]);
    expect(add.result().users).toEqual([]);
    expect([x.hasOneUse, neg.result().hasOneUse, x.producer, add.result().producer]).toEqual([
      true,
      false,
      undefined,
      add,
    ]);
  });

  test('uses keep their order while others end, however many', () => {
    const { x } = parts();
    const users = Array.from({ length: 100 }, () => newNeg(x));
    users.forEach((user, i) => {
      if (i % 10 !== 3) user.setOperands([]);
    });
    const last = newNeg(x);
    expect(x.users.slice(1)).toEqual([...users.filter((_, i) => i % 10 === 3), last]);
    expect(x.uses).toHaveLength(12);
    for (const user of x.users) user.setOperands([]);
    expect([x.isUsed, x.uses]).toEqual([false, []]);
  });

  test('all uses move at once, those by the region too', () => {
    const { module, x, neg, add, region } = parts();
    neg.result().replaceAllUses(x);
    add.result().replaceAllUses(x);
    expect([neg.result().isUsed, add.result().isUsed]).toEqual([false, false]);
    expect(add.operands).toEqual([x, x]);
    expect(region.outputs).toEqual([x]);
    x.replaceAllUses(x);
    expect(verifyModule(module)).toEqual([]);
  });
});

describe('ops', () => {
  test('operands can be set, taken away and put in again', () => {
    const { module, x, neg, add } = parts();
    add.setOperand(1, x);
    expect(neg.result().hasOneUse).toBe(true);
    add.setOperand(1, undefined);
    expect(() => add.operand(1)).toThrow('toy.add has no operand 1');
    add.setOperands([x, neg.result()]);
    expect(verifyModule(module)).toEqual([]);
  });

  test('are not erased while they are used', () => {
    const { neg, add, region, x } = parts();
    expect(() => neg.erase()).toThrow('toy.neg is erased while it is used');
    region.setOutputs([x]);
    add.erase();
    neg.erase();
    expect([region.size, region.first, region.last]).toEqual([0, undefined, undefined]);
    expect(x.uses).toEqual([{ user: region, index: 0 }]);
  });

  test('have the results that they were made with', () => {
    const { neg } = parts();
    expect(() => neg.result(1)).toThrow('toy.neg has no result 1');
    expect([neg.is(Neg), neg.is(Add)]).toEqual([true, false]);
  });

  test('erasing one with bodies erases these', () => {
    const { region, x } = parts();
    const body = new Region([f32]);
    const inner = newNeg(body.args[0] as Value);
    body.append(inner);
    body.setOutputs([inner.result()]);
    const loop = new Op(Loop, { operands: [x], attributes: {}, types: [], location: {}, regions: [body] });
    region.append(loop);
    expect(body.parent).toBe(loop);
    loop.erase();
    expect([body.size, body.outputs, inner.region]).toEqual([0, [], undefined]);
  });
});

describe('regions', () => {
  test('ops are inserted where they are asked to be', () => {
    const { region, x, neg } = parts();
    const first = newNeg(x);
    const last = newNeg(x);
    region.insertBefore(first, neg);
    region.append(last);
    expect([region.first, region.last, region.size]).toEqual([first, last, 4]);
    expect(neg.previous).toBe(first);
    expect(() => region.append(first)).toThrow('toy.neg is already placed');
    expect(() => new Region().unlink(first)).toThrow('toy.neg is not of this region');
  });

  test('ops can be erased and inserted while walking, in both directions', () => {
    const { region, x } = parts();
    region.setOutputs([x]);
    const seen: string[] = [];
    for (const op of region.ops()) {
      seen.push(op.name);
      if (seen.length === 1) region.insertBefore(newNeg(x), op.next);
    }
    expect(seen).toEqual(['toy.neg', 'toy.neg', 'toy.add']);
    for (const op of region.opsReversed()) op.erase();
    expect(region.size).toBe(0);
  });

  test('arguments are kept or dropped, and used ones are not dropped', () => {
    const { region, x } = parts();
    const unused = region.addArg(f32);
    region.addArg(f32);
    region.filterArgs((arg) => arg !== unused);
    expect(region.args.map(({ index }) => index)).toEqual([0, 1]);
    expect(region.args[0]?.isUsed).toBe(true);
    expect(() => region.filterArgs(() => false)).toThrow('an argument in use is removed');
    expect(x.isUsed).toBe(false);
    expect(printRegion(region)).toContain('toy.neg(%arg0)');
  });
});

test('a module walks all bodies, the outer ones first', () => {
  const module = parseModule(
    `signature "a" (%x: tensor<f32>) -> () {
      %y = toy.loop(%x) (%i: tensor<f32>) { %j = toy.neg(%i) return %j } : tensor<f32>
      %z = toy.add(%y, %y)
      return
    }
    signature "b" () -> () { return }`,
    toyOps,
  );
  expect([...module.ops()].map(({ name }) => name)).toEqual(['toy.loop', 'toy.add', 'toy.neg']);
  expect([...module.regions()].map(({ size }) => size)).toEqual([2, 1, 0]);
});

test('a region knows whether its ops have regions, whatever is placed and erased', () => {
  const module = parseModule(
    `signature "s" (%x: tensor<2xf32>) -> ("y") {
      %a = toy.neg(%x)
      return %a }`,
    toyOps,
  );
  const { region } = module.signatures[0] as { region: Region };
  expect(region.isNesting).toBe(false);
  expect([...module.regions()]).toEqual([region]);
  const [x] = region.args as [Value];
  const body = new Region([f32]);
  body.setOutputs(body.args);
  const loop = new Op(Loop, { operands: [x], attributes: {}, types: [f32], regions: [body], location: {} });
  region.append(loop as unknown as Op);
  expect(region.isNesting).toBe(true);
  expect([...module.regions()]).toEqual([region, body]);
  loop.erase();
  expect(region.isNesting).toBe(false);
  expect([...module.regions()]).toEqual([region]);
});
