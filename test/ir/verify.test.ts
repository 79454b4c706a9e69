import { describe, expect, test } from '@jest/globals';
import { Op, type Region, type Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { tensorType } from '#ir/type.js';
import { Verifier, verifyModule } from '#ir/verify.js';
import { Add, Neg, toyOps } from './toy-dialect.js';

const TEXT = `signature "s" (%x: tensor<2xf32>) -> ("y") {
  %a = toy.neg(%x)
  %b = toy.add(%a, %x)
  %c = toy.loop(%b) (%i: tensor<2xf32>) { %j = toy.neg(%i) return %j } : tensor<2xf32>
  return %c
}`;

function parts(text = TEXT): { module: Module; region: Region; ops: Op[] } {
  const module = parseModule(text, toyOps);
  const { region } = module.signatures[0] as { region: Region };
  return { module, region, ops: [...region.ops()] };
}

function neg(operand: Value): Op {
  return new Op(Neg, { operands: [operand], attributes: {}, types: [operand.type], location: {} });
}

describe('structure', () => {
  test('a sound module has no problems', () => {
    expect(verifyModule(parts().module)).toEqual([]);
  });

  test('an operand that is defined later', () => {
    const { module, ops } = parts();
    ops[0]?.setOperand(0, ops[1]?.result());
    expect(verifyModule(module)).toEqual([
      '%0 = toy.neg(%1) : tensor<2xf32>: operand 0 is not defined before it in its region',
    ]);
  });

  test('an operand of another region', () => {
    const { module, region, ops } = parts();
    const inner = ops[2]?.regions[0]?.first as Op;
    inner.setOperand(0, region.args[0]);
    expect(verifyModule(module)).toEqual([
      'argument 0 lists a use that does not exist',
      '%0 = toy.neg(%?) : tensor<2xf32>: operand 0 is not defined before it in its region',
      'values and their uses do not agree in a region',
      'values and their uses do not agree in a region',
    ]);
  });

  test('a value that was erased is still yielded', () => {
    const { module, region, ops } = parts();
    const [first] = ops as [Op];
    const erased = neg(region.args[0] as Value);
    region.insertBefore(erased, first);
    erased.erase();
    region.setOutputs([erased.result()]);
    expect(verifyModule(module)).toContain('output 0 is not defined in the region that yields it');
  });

  test('a use that nobody listed, and one that does not exist', () => {
    const { module, ops } = parts();
    const value = ops[0]?.result() as Value;
    value.useList.pop();
    expect(verifyModule(module)).toEqual(['values and their uses do not agree in a region']);
    value.useList.push({ user: ops[1] as Op, op: ops[1], index: 1, place: 0 });
    expect(verifyModule(module)).toEqual([
      'result 0 of %0 = toy.neg(%arg0) : tensor<2xf32> lists a use that does not exist',
    ]);
  });

  test('names of inputs and outputs', () => {
    const { module } = parts();
    module.signatures[0]?.inputNames.push('more');
    module.signatures[0]?.outputNames.pop();
    expect(verifyModule(module)).toEqual([
      'the signature s has 1 inputs and 2 names for them',
      'the signature s has 1 outputs and 0 names for them',
    ]);
  });

  test('a broken link', () => {
    const { module, ops } = parts();
    (ops[1] as Op).previous = undefined;
    expect(verifyModule(module)).toEqual(['%1 = toy.add(%0, %arg0) : tensor<2xf32>: is linked wrongly']);
  });

  test('a region of another op', () => {
    const { module, ops } = parts();
    (ops[2]?.regions[0] as Region).parent = undefined;
    expect(verifyModule(module)).toEqual([
      '%2 = toy.loop(%1) (%arg0: tensor<2xf32>) { … }: a region of it belongs to another op',
    ]);
  });
});

describe('types', () => {
  test('a result that contradicts inference', () => {
    const { module, ops } = parts();
    (ops[0]?.result() as Value).type = tensorType('float32', [3]);
    expect(verifyModule(module)).toEqual([
      '%0 = toy.neg(%arg0) : tensor<3xf32>: result 0 is tensor<3xf32> where tensor<2xf32> is inferred',
      '%1 = toy.add(%0, %arg0) : tensor<2xf32>: the shapes of the operands differ',
    ]);
  });

  test('a result may know more or less than inference', () => {
    const { module, ops } = parts();
    (ops[1]?.result() as Value).type = tensorType('float32', null);
    expect(verifyModule(module)).toEqual([]);
    (ops[1]?.result() as Value).type = tensorType('int32', null);
    expect(verifyModule(module)).toEqual([
      '%1 = toy.add(%0, %arg0) : tensor<*xi32>: result 0 is tensor<*xi32> where tensor<2xf32> is inferred',
    ]);
  });

  test("what the definition's own check finds", () => {
    const { module } = parts(
      'signature "s" (%x: tensor<f32>) -> () { %a = toy.picky(%x) %b = toy.picky(%x) {size = 2} return }',
    );
    expect(verifyModule(module)).toEqual(['%1 = toy.picky(%arg0) {size = 2} : tensor<f32>: size must be 1']);
  });

  test('the number of results', () => {
    const { module, region } = parts();
    const [x] = region.args as [Value];
    region.append(new Op(Add, { operands: [x, x], attributes: {}, types: [], location: {} }));
    expect(verifyModule(module)).toEqual(['toy.add(%arg0, %arg0): 0 results where 1 are inferred']);
  });

  test('what was right is inferred again only when something that it stands on has changed', () => {
    let inferred = 0;
    const counting = { ...Neg, infer: (op: Op) => [op.operand(0).type], verify: () => void inferred++ };
    const text = 'signature "s" (%x: tensor<2xf32>) -> ("y") { %y = toy.neg(%x) return %y }';
    const module = parseModule(text, () => counting);
    const verifier = new Verifier();
    expect(verifier.verify(module)).toEqual([]);
    expect(verifier.verify(module)).toEqual([]);
    expect(inferred).toBe(1);
    const [x] = (module.signatures[0] as { region: Region }).region.args as [Value];
    x.type = tensorType('float32', [3]);
    expect(verifier.verify(module)).toEqual([
      '%0 = toy.neg(%arg0) : tensor<2xf32>: result 0 is tensor<2xf32> where tensor<3xf32> is inferred',
    ]);
  });
});
