import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseConverterError } from '../../../src/engines/tensorflow/parse-error.js';

/** What TensorFlow 2.21 raised. */
function parse(name: string) {
  return parseConverterError(readFileSync(join('test/engines/tensorflow/fixtures', `${name}.txt`), 'utf8'), 'model');
}

describe('an error of the official converter', () => {
  test('names all ops that have no kernel, with their places', () => {
    const found = parse('several-ops');
    expect(found.map(({ code, op, detail }) => [code, op, detail])).toEqual(
      ['Betainc', 'MatrixInverse', 'Igamma'].map((op) => [
        'unsupported-op',
        op,
        'The official converter: TFLite has no kernel for it.',
      ]),
    );
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
