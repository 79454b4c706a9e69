import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NATIVE_HELP, parseConverterError } from '../../../src/engines/tensorflow/parse-error.js';

/** What TensorFlow 2.21 raised. */
function parse(name: string) {
  return parseConverterError(readFileSync(join('test/engines/tensorflow/fixtures', `${name}.txt`), 'utf8'), 'model');
}

describe('an error of the official converter', () => {
  test('names all ops that have no kernel, with their places', () => {
    const found = parse('several-ops');
    expect(found.map(({ code, op, detail }) => [code, op, detail.replace('The official converter: ', '')])).toEqual([
      ['unsupported-op', 'Betainc', 'TFLite has no kernel for it on (float32 [3, 4], float32 [3, 4], float32 [3, 4]).'],
      ['unsupported-op', 'MatrixInverse', 'TFLite has no kernel for it on (float32 [3, 3]).'],
      ['unsupported-op', 'Igamma', 'TFLite has no kernel for it on (float32 [3, 3], float32 [3, 3]).'],
    ]);
    expect(found.map(({ locations }) => locations.map(({ node, layer }) => [node, layer]))).toEqual([
      [['encoder/gate/Betainc', 'gate']],
      [
        ['decoder/MatrixInverse', 'decoder'],
        ['decoder/MatrixInverse_1', 'decoder'],
      ],
      [['Igamma', undefined]],
    ]);
    expect(found[1]?.help.join(' ')).toContain('--select-tf-ops');
    expect(found[0]?.help.join(' ')).not.toContain('--select-tf-ops');
    expect(found[0]?.help.join(' ')).toContain('--allow-custom-op Betainc');
  });

  test('names the types for which there is no kernel, and the converter that has the op', () => {
    const found = parse('float64');
    expect(found.map(({ op, detail }) => [op, detail])).toEqual([
      ['MatMul', 'The official converter: TFLite has no kernel for it on (float64 [1, 4], float64 [4, 4]).'],
      ['Softmax', 'The official converter: TFLite has no kernel for it on (float64 [1, 4]).'],
    ]);
    expect(found[0]?.help[0]).toBe(NATIVE_HELP);
    expect(found[0]?.help.join(' ')).not.toContain('MatMul is supported');
  });

  test.each([
    ['tensor<2x?xi1>, tensor<*xui16>', '(bool [2, ?], uint16 of any rank)'],
    ['tensor<complex<f32>>, tensor<?x!tf_type.string>', '(complex64 [], string [?])'],
    ['tensor<!tf_type.variant<tensor<?x4xf32>>>, tensor<bf16>', '(variant [], bfloat16 [])'],
  ])('reads the types %s', (written, shown) => {
    const text = `TF Select ops: Foo\nDetails:\n\ttf.Foo(${written}) -> (tensor<1xi32>) : {device = ""}\n`;
    expect(parseConverterError(text, 'model')[0]?.detail).toBe(
      `The official converter: TFLite has no kernel for it on ${shown}.`,
    );
  });

  test('tells some of many types', () => {
    const lines = ['1', '2', '3', '4'].map((size) => `\ttf.Foo(tensor<${size}xi8>) -> (tensor<1xi8>) : {}\n`);
    expect(parseConverterError(`Custom ops: Foo\nDetails:\n${lines.join('')}`, 'model')[0]?.detail).toMatch(
      /on \(int8 \[1\]\) or \(int8 \[2\]\) or \(int8 \[3\]\) or others\.$/,
    );
  });

  test('says why an op cannot be lowered, once', () => {
    const found = parse('tensor-lists');
    expect(found.map(({ op, detail, locations }) => [op, detail, locations[0]?.node])).toEqual([
      [
        'TensorListReserve',
        'The official converter: it requires element_shape to be 1D tensor during TF Lite transformation pass.',
        'TensorArrayV2',
      ],
    ]);
  });

  test('tells ops of one layer apart', () => {
    expect(parse('text').map(({ op, locations }) => [op, locations[0]?.layer])).toEqual([
      ['StringLength', 'text'],
      ['StringLower', 'text'],
      ['StringToHashBucketFast', 'text'],
    ]);
  });

  test('of which only the summary is left', () => {
    const found = parseConverterError('Some ops are not supported\nTF Select ops: Cholesky, Qr\nDetails:\n', 'model');
    expect(found.map(({ op, locations }) => [op, locations])).toEqual([
      ['Cholesky', [{ file: 'model' }]],
      ['Qr', [{ file: 'model' }]],
    ]);
  });

  test('that names no op is told by its last lines', () => {
    const [found, ...others] = parseConverterError(`ValueError: ${'graph\n'.repeat(50)}the end`, 'model');
    expect(others).toEqual([]);
    expect(found?.code).toBe('unsupported-model');
    expect(found?.detail.split('\n')).toHaveLength(8);
    expect(found?.detail).toMatch(/the end$/);
  });

  test('that names no op is told by its errors, not by the graph behind them', () => {
    const text = 'x: error: loc("a"): Input 0 is bad\ny: error: it failed\n%0 = "tf.Foo"() : () -> ()';
    expect(parseConverterError(text, 'model')[0]?.detail).toBe(
      'The official converter refuses it: Input 0 is bad\nit failed',
    );
  });
});
