import { beforeEach, describe, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { Editor } from '#ir/editor.js';
import { InferenceError, type Op, type Region, type Value } from '#ir/graph.js';
import { fuseLocations } from '#ir/location.js';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { printModule } from '#ir/print.js';
import { tensorType } from '#ir/type.js';
import { verifyModule } from '#ir/verify.js';
import { Tensor } from '#tensor/tensor.js';
import { Add, Neg, Opaque, toyOps } from './toy-dialect.js';

let module: Module;
let region: Region;
let editor: Editor;
let ops: Op[];
let touched: Set<Op>;
beforeEach(() => {
  module = parseModule(
    `signature "s" (%x: tensor<2xf32>) -> ("y") {
      %c = const [1, 2] : tensor<2xf32>
      %a = toy.add(%x, %c)
      %b = toy.neg(%a)
      return %b
    }`,
    toyOps,
  );
  ({ region } = module.signatures[0] as { region: Region });
  ops = [...region.ops()];
  editor = new Editor();
  touched = new Set();
  editor.onTouched = (op) => touched.add(op);
});

const [x, c, a, b] = [() => region.args[0] as Value, () => ops[0] as Op, () => ops[1] as Op, () => ops[2] as Op];

describe('making ops', () => {
  test('types are inferred, or as given', () => {
    const neg = editor.create({ region, before: b() }, Neg, [x()], {}, { node: 'n' });
    expect([neg.result().type, neg.location, b().previous]).toEqual([tensorType('float32', [2]), { node: 'n' }, neg]);
    const type = tensorType('int8', null);
    expect(editor.create({ region }, Opaque, [], {}, {}, { types: [type] }).result().type).toBe(type);
    expect(editor.edits).toBe(2);
    expect(touched.has(neg)).toBe(true);
    expect(verifyModule(module)).toEqual([]);
    expect(() => editor.create({ region }, Opaque, [], {}, {})).toThrow('toy.opaque needs the types of its results');
  });

  test('an op that cannot be leaves no trace', () => {
    const other = editor.constant({ region, before: b() }, Tensor.float32([1, 2, 3]), {});
    const add = () => editor.create({ region, before: b() }, Add, [x(), other], { activation: 'NONE' }, {});
    expect(add).toThrow(InferenceError);
    expect(other.isUsed).toBe(false);
    expect(verifyModule(module)).toEqual([]);
  });

  test('constants', () => {
    const tensor = Tensor.int32([1], []);
    const value = editor.constant({ region }, tensor, {});
    expect(constantOf(value)).toBe(tensor);
    expect([constantOf(undefined), constantOf(x()), constantOf(a().result())]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('changing ops', () => {
  test('replace takes the op away, and what only it needed', () => {
    editor.replace(a(), [x()]);
    expect(printModule(module)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = toy.neg(%arg0) : tensor<2xf32>
  return %0
}
"
`);
    expect(touched.has(b())).toBe(true);
    expect(verifyModule(module)).toEqual([]);
  });

  test('what would change nothing is no edit', () => {
    editor.replaceAllUses(x(), x());
    editor.eraseDead(a());
    expect(editor.edits).toBe(0);
  });

  test('operands, attributes and types tell those around them', () => {
    editor.setOperand(b(), 0, x());
    expect([...touched]).toEqual([b(), a()]);
    touched.clear();
    editor.setAttributes(a(), { activation: 'RELU' });
    expect([a().attributes, [...touched]]).toEqual([{ activation: 'RELU' }, [a()]]);
    touched.clear();
    editor.setType(c().result(), tensorType('float32', [null]));
    expect([...touched]).toEqual([a()]);
    expect(editor.edits).toBe(3);
  });

  test('erasing tells the producers; what has side effects is not dead', () => {
    region.setOutputs([x()]);
    editor.erase(b());
    expect([...touched]).toEqual([a()]);
    editor.eraseDead(a());
    expect(region.size).toBe(0);
    const print = parseModule('signature "s" (%x: tensor<f32>) -> () { toy.print(%x) return }', toyOps);
    const [op] = [...print.ops()] as [Op];
    editor.eraseDead(op);
    expect(op.region).toBeDefined();
  });
});

test('locations fuse, each place once', () => {
  const one = { node: 'a', layer: 'l' };
  expect(fuseLocations(one)).toEqual(one);
  expect(fuseLocations(one, one)).toEqual(one);
  const fused = fuseLocations(one, { node: 'b' }, { node: 'a', function: 'f' });
  expect(fused).toEqual({ ...one, fused: [{ node: 'b' }, { node: 'a', function: 'f' }] });
  expect(fuseLocations({ node: 'c' }, fused)).toEqual({
    node: 'c',
    fused: [one, { node: 'b' }, { node: 'a', function: 'f' }],
  });
});
