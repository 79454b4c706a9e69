import { describe, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import type { Region, Value } from '#ir/graph.js';
import { runPasses } from '#passes/run-passes.js';
import { foldConstants } from '#tensorflow/passes/fold-constants.js';
import { inferTypes } from '#tensorflow/passes/infer-types.js';
import { SymbolicShapes } from '#tensorflow/symbolic/analysis.js';
import { type Dimension, sameDimension } from '#tensorflow/symbolic/dimension.js';
import { parse } from '../../support/dialects.js';

const i32 = '{T = "int32"}';

function regionOf(text: string): Region {
  return parse(text).signatures[0]?.region as Region;
}

function textOf(args: string, body: string, outputs: readonly string[]): string {
  const names = outputs.map((name) => `"${name}"`).join(', ');
  return `signature "f" (${args}) -> (${names}) { ${body} return ${outputs.join(', ')} }`;
}

/** `a`, `4 a b`: symbols by the order in which arguments have them, `#` for others; `?` where nothing is known. */
function show(dimension: Dimension | undefined, names: ReadonlyMap<number, string>): string {
  if (!dimension) return '?';
  const symbols = dimension.symbols.map((symbol) => names.get(symbol) ?? '#');
  if (symbols.length === 0) return String(dimension.coefficient);
  return [...(dimension.coefficient === 1 ? [] : [dimension.coefficient]), ...symbols].join(' ');
}

/** What the analysis says of the outputs: `shape` or `content`. */
function claims(what: 'shape' | 'content', args: string, body: string, outputs: readonly string[] = ['%y']): string[] {
  const region = regionOf(textOf(args, body, outputs));
  const facts = new SymbolicShapes(region);
  const symbols = region.args.flatMap((arg) => facts.shapeOf(arg) ?? []).flatMap((dimension) => dimension.symbols);
  const names = new Map(symbols.map((symbol, i) => [symbol, String.fromCharCode(97 + i)]));
  const of = (value: Value) => (what === 'shape' ? facts.shapeOf(value) : facts.contentOf(value));
  const result = region.outputs.map(
    (output) =>
      of(output)
        ?.map((dimension) => show(dimension, names))
        .join(', ') ?? 'unknown',
  );
  for (const size of [1, 2, 3, 5]) holdsAt(args, body, outputs, facts, region, size);
  return result;
}

/** Computes the outputs for arguments of sizes from `size` on, and compares whatever the analysis says of them. */
function holdsAt(
  args: string,
  body: string,
  outputs: readonly string[],
  facts: SymbolicShapes,
  region: Region,
  size: number,
): void {
  let next = size;
  const concrete = args.replace(/\?/g, () => String(next++));
  const module = parse(textOf(concrete, body, outputs));
  runPasses(module, [{ repeat: [foldConstants, inferTypes] }]);
  const actual = module.signatures[0]?.region as Region;
  const values = new Map<number, number>();
  for (const [i, arg] of region.args.entries()) bind(facts.shapeOf(arg), shapeOf(actual.args[i] as Value), values);
  for (const [i, output] of region.outputs.entries()) {
    const value = actual.outputs[i] as Value;
    bind(facts.shapeOf(output), shapeOf(value), values);
    const content = facts.contentOf(output);
    const tensor = constantOf(value);
    if (content && !tensor) throw new Error(`${outputs[i]} is not constant for given sizes`);
    if (content) bind(content, Array.from(tensor?.data as ArrayLike<number | bigint>, Number), values);
  }
}

function shapeOf({ type }: Value): readonly (number | null)[] {
  if (type.kind !== 'tensor' || !type.shape) throw new Error('a value has no rank for given sizes');
  return type.shape;
}

/** Checks sizes against dimensions; symbols that no argument has take the value met first. */
function bind(
  claimed: readonly (Dimension | undefined)[] | undefined,
  actual: readonly (number | null)[],
  values: Map<number, number>,
): void {
  if (!claimed) return;
  expect(claimed).toHaveLength(actual.length);
  for (const [i, dimension] of claimed.entries()) {
    const size = actual[i];
    if (!dimension || size === null || size === undefined) continue;
    const [only] = dimension.symbols;
    if (dimension.symbols.length === 1 && dimension.coefficient === 1 && !values.has(only as number)) {
      values.set(only as number, size);
    }
    const symbols = dimension.symbols.map((symbol) => values.get(symbol));
    if (symbols.includes(undefined)) continue;
    expect(symbols.reduce<number>((product, value) => product * (value as number), dimension.coefficient)).toBe(size);
  }
}

const x = '%x: tensor<?x4x?xf32>';
const shape = `%s = tf.Shape(%x)`;

describe('contents', () => {
  test.each<[string, string, string[]]>([
    ['Shape', '%y = tf.Identity(%s) {T = "int32"}', ['a, 4, b']],
    ['Size', `%y = tf.Size(%x)`, ['4 a b']],
    [
      'Cast there and back',
      '%l = tf.Cast(%s) {SrcT = "int32", DstT = "int64"} %y = tf.Cast(%l) {SrcT = "int64", DstT = "int32"}',
      ['a, 4, b'],
    ],
    [
      'Cast through float',
      '%l = tf.Cast(%s) {SrcT = "int32", DstT = "float32"} %y = tf.Cast(%l) {SrcT = "float32", DstT = "int32"}',
      ['unknown'],
    ],
    ['Prod', `%i = const [0] : tensor<1xi32> %y = tf.Prod(%s, %i)`, ['4 a b']],
    ['Prod along no axis', `%i = const [] : tensor<0xi32> %y = tf.Prod(%s, %i)`, ['unknown']],
    ['Mul by a number', `%i = const 3 : tensor<i32> %y = tf.Mul(%i, %s) ${i32}`, ['3 a, 12, 3 b']],
    ['Mul of vectors', `%i = const [1, 2, 0] : tensor<3xi32> %y = tf.Mul(%s, %i) ${i32}`, ['a, 8, 0']],
    ['Mul by a negative number', `%i = const -1 : tensor<i32> %y = tf.Mul(%i, %s) ${i32}`, ['?, ?, ?']],
    [
      'FloorDiv that is exact',
      `%i = const [4, 2, 2] : tensor<3xi32> %p = tf.Mul(%s, %i) ${i32} %j = const 2 : tensor<i32> %y = tf.FloorDiv(%p, %j) ${i32}`,
      ['2 a, 4, b'],
    ],
    ['FloorDiv that is not', `%j = const 3 : tensor<i32> %y = tf.FloorDiv(%s, %j) ${i32}`, ['?, ?, ?']],
    ['FloorDiv of an equal size', `%y = tf.FloorDiv(%s, %s) ${i32}`, ['1, 1, 1']],
    ['Add, which is not followed', `%y = tf.AddV2(%s, %s) ${i32}`, ['unknown']],
    [
      'Reshape to a scalar',
      `%i = const [] : tensor<0xi32> %n = tf.Size(%x) %v = const [1] : tensor<1xi32> %p = tf.Reshape(%n, %v) ${i32} %y = tf.Reshape(%p, %i) ${i32}`,
      ['4 a b'],
    ],
    [
      'ExpandDims and Squeeze',
      `%n = tf.Size(%x) %i = const 0 : tensor<i32> %e = tf.ExpandDims(%n, %i) ${i32} %y = tf.Squeeze(%e) ${i32}`,
      ['4 a b'],
    ],
  ])('%s', (_, body, expected) => {
    expect(claims('content', x, `${shape} ${body}`)).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    [
      'GatherV2',
      '%i = const [2, 0] : tensor<2xi32> %y = tf.GatherV2(%s, %i, %z) {Tparams = "int32", Tindices = "int32", Taxis = "int32"}',
      ['b, a'],
    ],
    [
      'GatherV2 of one',
      '%i = const 2 : tensor<i32> %y = tf.GatherV2(%s, %i, %z) {Tparams = "int32", Tindices = "int32", Taxis = "int32"}',
      ['b'],
    ],
    [
      'Slice',
      '%i = const [1] : tensor<1xi32> %l = const [2] : tensor<1xi32> %y = tf.Slice(%s, %i, %l) {T = "int32", Index = "int32"}',
      ['4, b'],
    ],
    [
      'Slice to the end',
      '%i = const [2] : tensor<1xi32> %l = const [-1] : tensor<1xi32> %y = tf.Slice(%s, %i, %l) {T = "int32", Index = "int32"}',
      ['b'],
    ],
    ['Unpack', '%y, %b, %c = tf.Unpack(%s) {T = "int32", num = 3}', ['a']],
    ['Split', '%y, %b, %c = tf.Split(%z, %s) {T = "int32", num_split = 3}', ['a']],
    [
      'Pack of scalars',
      `%a, %b, %c = tf.Unpack(%s) {T = "int32", num = 3} %n = const -1 : tensor<i32> %y = tf.Pack(%c, %n, %a) {T = "int32", N = 3}`,
      ['b, ?, a'],
    ],
    ['Pack of vectors', '%y = tf.Pack(%s, %s) {T = "int32", N = 2}', ['unknown']],
    [
      'ConcatV2',
      '%i = const [7, -1] : tensor<2xi32> %y = tf.ConcatV2(%s, %i, %z) {T = "int32", N = 2}',
      ['a, 4, b, 7, ?'],
    ],
  ])('%s', (_, body, expected) => {
    const text = `%z = const 0 : tensor<i32> ${shape} ${body}`;
    expect(claims('content', x, text)).toEqual(expected);
  });

  test.each<[string, string, string, string]>([
    ['all but the last', '[0], [-1], [1]', '', 'a, 4'],
    ['the last two', '[-2], [0], [1]', 'end_mask = 1', '4, b'],
    ['everything, by masks', '[2], [1], [1]', 'begin_mask = 1, end_mask = 1', 'a, 4, b'],
    ['one from the front', '[0], [1], [1]', 'shrink_axis_mask = 1', 'a'],
    ['one from the end', '[-1], [0], [1]', 'shrink_axis_mask = 1', 'b'],
    ['begin before the front', '[-9], [2], [1]', '', 'a, 4'],
    ['every second', '[0], [3], [2]', '', 'unknown'],
    ['backwards', '[-1], [-9], [-1]', '', 'unknown'],
    ['with a new axis', '[0], [3], [1]', 'new_axis_mask = 1', 'unknown'],
  ])('StridedSlice: %s', (_, parts, masks, expected) => {
    const [begin, end, strides] = parts.split(', ').map((part) => `const ${part} : tensor<1xi32>`);
    const attributes = `{T = "int32", Index = "int32"${masks ? `, ${masks}` : ''}}`;
    const body = `%b = ${begin} %e = ${end} %d = ${strides} %y = tf.StridedSlice(%s, %b, %e, %d) ${attributes}`;
    expect(claims('content', x, `${shape} ${body}`)).toEqual([expected]);
  });

  test('sizes that int32 cannot hold are not followed', () => {
    const body = `%a = const 65536 : tensor<i32> %b = tf.Mul(%n, %a) ${i32} %y = tf.Mul(%b, %a) ${i32}`;
    expect(claims('content', x, `%n = tf.Size(%x) ${body}`)).toEqual(['?']);
  });

  test('integers of other types, which wrap early, are not followed', () => {
    const body = `%a = const 100 : tensor<i8> %y = tf.Mul(%a, %a) {T = "int8"}`;
    expect(claims('content', x, body)).toEqual(['unknown']);
  });
});

describe('shapes', () => {
  test.each<[string, string, string]>([
    ['elementwise', `%y = tf.Relu(%x)`, 'a, 4, b'],
    ['broadcast with itself', `%n = tf.Neg(%x) %y = tf.Mul(%n, %x)`, 'a, 4, b'],
    ['broadcast with a number', `%c = const 2 : tensor<f32> %y = tf.Mul(%c, %x)`, 'a, 4, b'],
    [
      'broadcast with one free dimension and another',
      `%i = const [2, 1, 0] : tensor<3xi32> %t = tf.Transpose(%x, %i) {Tperm = "int32"} %m = const [0, 2] : tensor<2xi32> %u = tf.Sum(%t, %m) {keep_dims = true} %y = tf.Mul(%x, %u)`,
      'a, 4, b',
    ],
    ['Sum', '%i = const [-1] : tensor<1xi32> %y = tf.Sum(%x, %i)', 'a, 4'],
    ['Sum, kept', '%i = const [0] : tensor<1xi32> %y = tf.Sum(%x, %i) {keep_dims = true}', '1, 4, b'],
    ['ArgMax', '%i = const -2 : tensor<i32> %y = tf.ArgMax(%x, %i)', 'a, b'],
    ['Transpose', '%i = const [2, 0, 1] : tensor<3xi32> %y = tf.Transpose(%x, %i)', 'b, a, 4'],
    ['ExpandDims', '%i = const -2 : tensor<i32> %y = tf.ExpandDims(%x, %i)', 'a, 4, 1, b'],
    ['Pack', '%y = tf.Pack(%x, %x) {N = 2, axis = -1}', 'a, 4, b, 2'],
    ['ConcatV2', '%i = const 1 : tensor<i32> %y = tf.ConcatV2(%x, %x, %i) {N = 2}', 'a, 8, b'],
    ['Tile', '%i = const [2, 1, 3] : tensor<3xi32> %y = tf.Tile(%x, %i)', '2 a, 4, 3 b'],
    ['Pad', '%i = const [[0, 0], [1, 1], [0, 0]] : tensor<3x2xi32> %y = tf.Pad(%x, %i)', 'a, 6, b'],
    ['Pad of a free dimension', '%i = const [[0, 0], [0, 0], [1, 0]] : tensor<3x2xi32> %y = tf.Pad(%x, %i)', 'a, 4, #'],
    [
      'Slice',
      '%i = const [0, 1, 0] : tensor<3xi32> %l = const [-1, 2, -1] : tensor<3xi32> %y = tf.Slice(%x, %i, %l) {Index = "int32"}',
      'a, 2, b',
    ],
    [
      'Slice from 1',
      '%i = const [1, 0, 0] : tensor<3xi32> %l = const [-1, 4, 1] : tensor<3xi32> %y = tf.Slice(%x, %i, %l) {Index = "int32"}',
      '#, 4, 1',
    ],
    ['Einsum', '%y = tf.Einsum(%x, %x) {equation = "bij,bik->bjk"}', 'a, b, b'],
    [
      'OneHot',
      `${shape} %d = const 7 : tensor<i32> %c = const 1 : tensor<f32> %y = tf.OneHot(%s, %d, %c, %c) {TI = "int32"}`,
      '3, 7',
    ],
    ['Split', '%i = const 1 : tensor<i32> %y, %b = tf.Split(%i, %x) {num_split = 2}', 'a, 2, b'],
    ['Unpack', '%y, %b, %c, %d = tf.Unpack(%x) {num = 4, axis = 1}', 'a, b'],
  ])('%s', (_, body, expected) => {
    expect(claims('shape', x, body)).toEqual([expected]);
  });

  test('Squeeze of the dimension that was added, from the end', () => {
    const body = '%i = const -1 : tensor<i32> %e = tf.ExpandDims(%x, %i) %y = tf.Squeeze(%e) {squeeze_dims = [-1]}';
    expect(claims('shape', x, body)).toEqual(['a, 4, b']);
  });

  test.each<[string, string, string]>([
    ['−1 between known ones', '%four, %m, %b', '4, a, b'],
    ['−1 and nothing else free', '%m, %four', 'a b, 4'],
    ['all sizes multiplied', '%m', '4 a b'],
    ['two sizes merged', '%a, %m', 'a, 4 b'],
    ['a size of 0', '%zero, %m', '0, #'],
  ])('Reshape: %s', (name, parts, expected) => {
    const scalars = '%four = const 4 : tensor<i32> %m = const -1 : tensor<i32> %zero = const 0 : tensor<i32>';
    const { length } = parts.split(',');
    const body = `${shape} %a, %f, %b = tf.Unpack(%s) {T = "int32", num = 3} ${scalars}
      %t = tf.Pack(${parts}) {T = "int32", N = ${length}} %y = tf.Reshape(%x, %t)`;
    const region = regionOf(textOf(x, body, ['%y']));
    if (name.endsWith('0')) expect(new SymbolicShapes(region).shapeOf(region.outputs[0] as Value)).toHaveLength(length);
    else expect(claims('shape', x, body)).toEqual([expected]);
  });

  test('Select by rows, whose condition is a vector', () => {
    const args = '%c: tensor<?xi1>, %x: tensor<?x?xf32>';
    const region = regionOf(textOf(args, '%y = tf.Select(%c, %x, %x)', ['%y']));
    const facts = new SymbolicShapes(region);
    expect(facts.shapeOf(region.outputs[0] as Value)).toEqual(facts.shapeOf(region.args[1] as Value));
  });

  test('BroadcastTo and Fill by a computed shape', () => {
    const body = `${shape} %c = const 0 : tensor<f32> %y = tf.BroadcastTo(%c, %s) %z = tf.Fill(%s, %c) {index_type = "int32"}`;
    expect(claims('shape', x, body, ['%y', '%z'])).toEqual(['a, 4, b', 'a, 4, b']);
  });

  test('StridedSlice with masks', () => {
    const body = `%b = const [0, 1, 0] : tensor<3xi32> %e = const [0, 2, 9] : tensor<3xi32> %d = const [1, 1, 1] : tensor<3xi32>
      %y = tf.StridedSlice(%x, %b, %e, %d) {Index = "int32", end_mask = 5, shrink_axis_mask = 2}
      %f = const [1, 0, 0] : tensor<3xi32> %z = tf.StridedSlice(%x, %f, %e, %d) {Index = "int32", end_mask = 7}`;
    expect(claims('shape', x, body, ['%y', '%z'])).toEqual(['a, b', '#, 4, b']);
  });

  test('matrix products', () => {
    const args = '%p: tensor<?x3xf32>, %q: tensor<?x3xf32>, %r: tensor<?x2x?xf32>';
    const body = `%y = tf.MatMul(%p, %q) {transpose_b = true} %z = tf.BatchMatMulV2(%r, %r) {adj_x = true}`;
    expect(claims('shape', args, body, ['%y', '%z'])).toEqual(['a, b', 'c, d, d']);
  });

  test('SpaceToBatchND and back', () => {
    const args = '%x: tensor<?x8x3xf32>';
    const body = `%b = const [2] : tensor<1xi32> %p = const [[0, 0]] : tensor<1x2xi32>
      %y = tf.SpaceToBatchND(%x, %b, %p) %z = tf.BatchToSpaceND(%y, %b, %p)`;
    expect(claims('shape', args, body, ['%y', '%z'])).toEqual(['2 a, 4, 3', 'a, 8, 3']);
  });
});

describe('loops', () => {
  const loop = (next: string): string => `signature "f" (%x: tensor<?x?xf32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3 = tf.While(%i, %x, %x) (%a: tensor<i32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) {
    %end = const 3 : tensor<i32> %t = tf.Less(%a, %end) ${i32}
    return %t
  } (%a: tensor<i32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) {
    %one = const 1 : tensor<i32> %next = tf.AddV2(%a, %one) ${i32}
    %z = ${next}
    return %next, %z, %c
  }
  return %2
}`;
  const sizes = (text: string): readonly boolean[] => {
    const region = regionOf(text);
    const facts = new SymbolicShapes(region);
    const [given, result] = [region.args[0], region.outputs[0]].map((value) => facts.shapeOf(value));
    return (given ?? []).map((dimension, i) => sameDimension(dimension, result?.[i]));
  };

  test('a size that no round changes is that which comes in', () => {
    expect(sizes(loop('tf.Sin(%b)'))).toEqual([true, true]);
  });

  test('one that grows is another, and so is what grows with it', () => {
    expect(sizes(loop('tf.ConcatV2(%b, %c, %one) {N = 2, T = "float32"}'))).toEqual([true, false]);
    const transposed = '%perm = const [1, 0] : tensor<2xi32> %z = tf.Transpose(%b, %perm) {Tperm = "int32"}';
    expect(sizes(loop('X').replace('%z = X', transposed))).toEqual([false, false]);
  });
});
