import { describe, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { parseModule } from '#ir/parse.js';
import { printModule, printOp, printRegion } from '#ir/print.js';
import type { Tensor } from '#tensor/tensor.js';
import { toyOps } from './toy-dialect.js';

function reprint(text: string): string {
  const printed = printModule(parseModule(text, toyOps));
  // Whatever is printed reads back as the same text.
  expect(printModule(parseModule(printed, toyOps))).toBe(printed);
  return printed;
}

/** The tensor that the only constant of `text` is. */
function constant(text: string): Tensor {
  const module = parseModule(`signature "s" () -> ("y") { %c = const ${text} return %c }`, toyOps);
  return constantOf(module.signatures[0]?.region.outputs[0]) as Tensor;
}

describe('the text form', () => {
  test('a signature with arguments, constants, ops and locations', () => {
    const text = `
      // A comment.
      signature "serving_default" (%x "image": tensor<?x2xf32>, %flag: tensor<i1>) -> ("sum", "half") {
        %w = const [1, 0.1] : tensor<2xf32> loc("dense/kernel")
        %y = toy.add(%x, %x) {activation = "RELU"} loc("net/conv/Conv2D", layer = "conv", function = "f")
        %z = toy.add(%y, %y) {activation = "NONE"} loc("a" + "b", file = "m.py", line = 3)
        %l, %r = toy.split(%z) {axis = 1}
        toy.print(%l)
        return %z, %r
      }`;
    expect(reprint(text)).toMatchInlineSnapshot(`
"signature "serving_default" (%arg0 "image": tensor<?x2xf32>, %arg1 "flag": tensor<i1>) -> ("sum", "half") {
  %c0 = const [1, 0.1] : tensor<2xf32> loc("dense/kernel")
  %0 = toy.add(%arg0, %arg0) {activation = "RELU"} : tensor<?x2xf32> loc("net/conv/Conv2D", layer = "conv", function = "f")
  %1 = toy.add(%0, %0) : tensor<?x2xf32> loc("a" + "b", file = "m.py", line = 3)
  %2, %3 = toy.split(%1) {axis = 1} : tensor<?x1xf32>, tensor<?x1xf32>
  toy.print(%2)
  return %1, %3
}
"
`);
  });

  test('nested regions, each with names of its own', () => {
    const text = `signature "s" (%x: tensor<f32>) -> ("y") {
      %y, %v = toy.loop(%x, none) (%a: tensor<f32>) {
        %b = toy.neg(%a)
        %c = toy.loop(%b) (%a: tensor<f32>) { return %a } : tensor<f32>
        return %c
      } () { return } : tensor<f32>, variant<tensor<*xi32>>
      return %y
    }`;
    expect(reprint(text)).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<f32>) -> ("y") {
  %0, %1 = toy.loop(%arg0, none) (%arg0: tensor<f32>) {
    %0 = toy.neg(%arg0) : tensor<f32>
    %1 = toy.loop(%0) (%arg0: tensor<f32>) {
      return %arg0
    } : tensor<f32>
    return %1
  } () {
    return
  } : tensor<f32>, variant<tensor<*xi32>>
  return %0
}
"
`);
  });

  test('several signatures, and odd names', () => {
    const text = 'signature "a\\"\\u009b" () -> () { return } signature "b" (%x "\\n": resource) -> () { return }';
    expect(reprint(text)).toMatchInlineSnapshot(`
"signature "a\\"\\u009b" () -> () {
  return
}

signature "b" (%arg0 "\\n": resource) -> () {
  return
}
"
`);
  });

  test.each([
    'tensor<f32>',
    'tensor<*xf32>',
    'tensor<?x28x0xbf16>',
    'tensor<2xi8, q(0.5:-3)>',
    'tensor<2x1xi4, q@0(1e-7:0, 0.25:2)>',
    'resource',
    'resource<tensor<3xstr>>',
    'variant',
    'variant<tensor<?xc64>>',
    'unknown',
  ])('type %s', (type) => {
    expect(reprint(`signature "s" (%x: ${type}) -> () { return }`)).toContain(`(%arg0 "x": ${type})`);
  });

  test.each([
    '3',
    '-0',
    '0.10000000149011612',
    'nan',
    '[inf, -inf]',
    '9007199254740993n',
    '1e+20',
    'true',
    '"a\\tb"',
    'bytes("00ff")',
    '[]',
    '[1, [?, "x"], false]',
    '[1.5, 2] : tensor<2xf64>',
    '"text" : tensor<str>',
  ])('attribute %s', (value) => {
    expect(reprint(`signature "s" () -> () { toy.opaque() {any = ${value}} return }`)).toContain(`{any = ${value}}`);
  });

  test.each([
    '[[1, 2, 3], [4, 5, 6]] : tensor<2x3xi32>',
    '0.1 : tensor<f32>',
    '[0.1, nan, -inf, -0] : tensor<4xf16>',
    '[0.1, 3e+38] : tensor<2xbf16>',
    '[0.1, 0.30000000000000004] : tensor<2xf64>',
    '[-8, 7, 3] : tensor<3xi4>',
    '[9223372036854775807, -1] : tensor<2xi64>',
    '[18446744073709551615, 0] : tensor<2xui64>',
    '[true, false] : tensor<2xi1>',
    '[(1, -2), (0.5, 0)] : tensor<2xc64>',
    '["a", bytes("ff")] : tensor<2xstr>',
    '[] : tensor<0x3xf32>',
    'splat(0.5) : tensor<8x3x3x1xf32>',
    'splat("") : tensor<2xstr>',
    'splat(-3) : tensor<5xi4>',
    'splat((1, 2)) : tensor<2xc128>',
    '[1, 2] : tensor<2xi8> as tensor<2xi8, q(0.5:0)>',
  ])('constant %s', (value) => {
    expect(reprint(`signature "s" () -> ("y") { %c = const ${value} return %c }`)).toContain(`%c0 = const ${value}\n`);
  });

  test('large constants are elided to a hash, and read back as zeros', () => {
    const text = 'signature "s" () -> ("y") { %c = const iota(1) : tensor<5x5xf32> return %c }';
    const printed = printModule(parseModule(text, toyOps));
    expect(printed).toContain('const elided("7ab3addbe106eceb") : tensor<5x5xf32>');
    expect(printed).toBe(printModule(parseModule(text, toyOps)));
    expect(printModule(parseModule(text, toyOps), { maxElements: 25 })).toContain('const [[0, 1, 2, 3, 4], [5,');
    expect(constant('elided("7ab3addbe106eceb") : tensor<5x5xf32>').data).toEqual(new Float32Array(25));
    expect(constant('elided("00") : tensor<2xstr>').strings).toEqual([new Uint8Array(0), new Uint8Array(0)]);
  });

  test('iota counts up', () => {
    expect(constant('iota(0.5) : tensor<2x2xf32>').data).toEqual(Float32Array.of(0, 0.5, 1, 1.5));
    expect(constant('iota(-2) : tensor<3xi64>').data).toEqual(BigInt64Array.of(0n, -2n, -4n));
  });

  test('an op and a body by themselves', () => {
    const { signatures } = parseModule(
      `signature "s" (%x: tensor<f32>) -> ("y") {
        %y = toy.neg(%x) loc("a")
        %z = toy.loop(%y) () { return } : tensor<f32>
        return %z
      }`,
      toyOps,
    );
    const [neg, loop] = [...(signatures[0]?.region.ops() ?? [])];
    expect(printOp(neg as never)).toBe('%0 = toy.neg(%arg0) : tensor<f32>');
    expect(printOp(neg as never, { locations: true })).toBe('%0 = toy.neg(%arg0) : tensor<f32> loc("a")');
    expect(printOp(loop as never)).toBe('%1 = toy.loop(%0) () { … }');
    expect(printRegion(signatures[0]?.region as never, { locations: false })).toMatchInlineSnapshot(`
"(%arg0: tensor<f32>) {
  %0 = toy.neg(%arg0) : tensor<f32>
  %1 = toy.loop(%0) () {
    return
  } : tensor<f32>
  return %1
}"
`);
  });
});

describe('errors say where', () => {
  const body = (text: string) => `signature "s" (%x: tensor<2xf32>) -> ("y") {\n  ${text}\n  return %x\n}`;
  const cases: [text: string, message: string][] = [
    ['', 'line 1, column 1: expected `signature`'],
    ['signature "s" (%x: tensor<2xf33>) -> () { return }', 'line 1, column 27: there is no element type `f33`'],
    ['signature "s" (%x: tensor<2.5xf32>) -> () { return }', 'line 1, column 27: there is no element type `2`'],
    ['signature "s" (%x: tensor<axf32>) -> () { return }', 'line 1, column 27: `a` is not a dimension'],
    ['signature "s" (%x: tenser) -> () { return }', 'line 1, column 20: expected a type: '],
    ['signature "s" () -> ("y") { return }', 'line 1, column 27: 0 values are returned under 1 names'],
    [body('%y = toy.neg(%z)'), 'line 2, column 16: %z is not defined here'],
    [body('%y = toy.nag(%x)'), 'line 2, column 8: there is no op `toy.nag`'],
    [body('%x = toy.neg(%x)'), 'line 2, column 3: %x is defined twice'],
    [body('%y, %z = toy.neg(%x)'), 'line 2, column 3: toy.neg gives 1 results, not 2'],
    [body('%y = toy.split(%x)'), 'line 2, column 8: toy.split needs the attribute `axis`'],
    [body('%y = toy.neg(%x) {axis = 1}'), 'line 2, column 21: toy.neg has no attribute `axis`'],
    [body('%y = toy.split(%x) {axis = 1, axis = 2}'), 'line 2, column 33: axis is given twice'],
    [body('%y = toy.split(%x) {axis = }'), 'line 2, column 30: expected a value: '],
    [body('%y = toy.neg(%x'), 'line 3, column 3: expected `)`'],
    [body('%y = const [1, 2] : tensor<3xf32>'), 'line 2, column 14: tensor<3xf32> takes 3 elements, not 2'],
    [body('%y = const [1, 2] : tensor<?xf32>'), 'line 2, column 14: a constant has a known shape'],
    [body('%y = const [1.5] : tensor<1xi32>'), 'line 2, column 14: an element does not fit tensor<1xi32>'],
    [body('%y = const ["a"] : tensor<1xf32>'), 'line 2, column 14: an element does not fit tensor<1xf32>'],
    [body('%y = const splat([1, 2]) : tensor<2xf32>'), 'line 2, column 19: `splat` takes one element'],
    [body('%y = const [splat(1)] : tensor<2xf32>'), 'line 2, column 14: `splat`, `iota` and `elided` stand alone'],
    [body('toy.opaque() {any = (1, 2)}'), 'line 2, column 23: a tensor needs its type'],
    [body('toy.opaque() {any = bytes("0")}'), 'line 2, column 33: "0" is not hexadecimal'],
    [body('toy.opaque() {any = "\\q"}'), 'line 2, column 23: the string has an escape that JSON does not know'],
    [body('%y = toy.neg(%x) loc(color = "red")'), 'line 2, column 24: a location has no `color`'],
    [
      body('%w = const 1 : tensor<1xf32>\n  %y = toy.add(%x, %w)'),
      'line 3, column 8: toy.add: the shapes of the operands differ',
    ],
  ];
  test.each(cases.map(([text, message]) => [message, text]))('%j', (message, text) => {
    expect(() => parseModule(text, toyOps)).toThrow(message);
  });
});
