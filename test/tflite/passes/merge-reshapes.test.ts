import { describe, expect, test } from '@jest/globals';
import { mergeReshapes } from '#tflite/passes/merge-reshapes.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (args: string, body: string): string => `signature "f" (${args}) -> ("y") { ${body} return %y }`;

describe('merge-reshapes', () => {
  test('several in a row become one', async () => {
    const text = f(
      '%x: tensor<?x2x6xf32>',
      `%a = const [-1, 4, 3] : tensor<3xi32> %d = const 1 : tensor<i32>
       %p = tfl.reshape(%x, %a) %q = tfl.expand_dims(%p, %d) %s = tfl.squeeze(%q) {squeeze_dims = [1]}
       %b = const [-1, 12] : tensor<2xi32> %y = tfl.reshape(%s, %b)`,
    );
    expect(transform(mergeReshapes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x2x6xf32>) -> ("y") {
  %c0 = const [-1, 12] : tensor<2xi32>
  %0 = tfl.reshape(%arg0, %c0) {new_shape = [-1, 12]} : tensor<?x12xf32>
  return %0
}
"
`);
    await sameResults(mergeReshapes, text);
  });

  test('one that changes nothing goes, one of a constant is carried out', () => {
    const text = f(
      '%x: tensor<?x6xf32>',
      `%a = const [-1, 6] : tensor<2xi32> %p = tfl.reshape(%x, %a)
       %c = const [1, 2, 3, 4, 5, 6] : tensor<6xf32> %b = const [1, 6] : tensor<2xi32>
       %q = tfl.reshape(%c, %b) %y = tfl.add(%p, %q)`,
    );
    expect(transform(mergeReshapes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x6xf32>) -> ("y") {
  %c0 = const [[1, 2, 3, 4, 5, 6]] : tensor<1x6xf32>
  %0 = tfl.add(%arg0, %c0) : tensor<?x6xf32>
  return %0
}
"
`);
  });

  test('a transpose that moves dimensions of 1 only', async () => {
    const text = f('%x: tensor<?x1x5x1xf32>', '%p = const [0, 2, 1, 3] : tensor<4xi32> %y = tfl.transpose(%x, %p)');
    expect(transform(mergeReshapes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x1x5x1xf32>) -> ("y") {
  %c0 = const [-1, 5, 1, 1] : tensor<4xi32>
  %0 = tfl.reshape(%arg0, %c0) {new_shape = [-1, 5, 1, 1]} : tensor<?x5x1x1xf32>
  return %0
}
"
`);
    await sameResults(mergeReshapes, text);
  });

  test('the inner one stays for its other users', () => {
    const text = f(
      '%x: tensor<4x6xf32>',
      `%a = const [2, 12] : tensor<2xi32> %p = tfl.reshape(%x, %a) %b = const [4, 6] : tensor<2xi32>
       %q = tfl.reshape(%p, %b) %n = tfl.neg(%p)
       %c = const [2, 12] : tensor<2xi32> %r = tfl.reshape(%q, %c) %y = tfl.add(%r, %n)`,
    );
    expect(transform(mergeReshapes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<4x6xf32>) -> ("y") {
  %c0 = const [2, 12] : tensor<2xi32>
  %0 = tfl.reshape(%arg0, %c0) : tensor<2x12xf32>
  %1 = tfl.neg(%0) : tensor<2x12xf32>
  %c1 = const [2, 12] : tensor<2xi32>
  %2 = tfl.reshape(%arg0, %c1) : tensor<2x12xf32>
  %3 = tfl.add(%2, %1) : tensor<2x12xf32>
  return %3
}
"
`);
  });

  test.each([
    [
      'a transpose that changes the order',
      '%x: tensor<2x3xf32>',
      '%p = const [1, 0] : tensor<2xi32> %y = tfl.transpose(%x, %p)',
    ],
    [
      'a transpose of a free dimension',
      '%x: tensor<?x3xf32>',
      '%p = const [1, 0] : tensor<2xi32> %y = tfl.transpose(%x, %p)',
    ],
    [
      'a transpose counted from the end',
      '%x: tensor<2x3x4xf32>',
      '%p = const [-1, 0, 1] : tensor<3xi32> %y = tfl.transpose(%x, %p)',
    ],
    ['a computed permutation', '%x: tensor<1x3xf32>, %p: tensor<2xi32>', '%y = tfl.transpose(%x, %p)'],
    ['two free dimensions', '%x: tensor<?x?xf32>', '%d = const 0 : tensor<i32> %y = tfl.expand_dims(%x, %d)'],
    ['another shape', '%x: tensor<2x3xf32>', '%s = const [3, 2] : tensor<2xi32> %y = tfl.reshape(%x, %s)'],
    [
      'a free dimension beside one of 0',
      '%x: tensor<?x0xf32>',
      '%d = const 0 : tensor<i32> %y = tfl.expand_dims(%x, %d)',
    ],
  ])('not %s', (_, args, body) => {
    expect(reasonsFor(mergeReshapes, f(args, body))).toMatchSnapshot();
  });

  test('leading dimensions of 1 need no reshape before elementwise ops', async () => {
    const text = f(
      '%x: tensor<2x4xf32>, %z: tensor<1x4xf32>',
      '%s = const [4] : tensor<1xi32> %r = tfl.reshape(%z, %s) %y = tfl.mul(%r, %x)',
    );
    expect(transform(mergeReshapes, text)).toContain('tfl.mul(%arg1, %arg0)');
    await sameResults(mergeReshapes, text);
    const raised = f(
      '%x: tensor<4xf32>, %z: tensor<1x1x4xf32>',
      '%s = const [4] : tensor<1xi32> %r = tfl.reshape(%z, %s) %y = tfl.add(%r, %x)',
    );
    expect(transform(mergeReshapes, raised)).toContain('tfl.reshape');
  });
});
