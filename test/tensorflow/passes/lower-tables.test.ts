import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { printModule } from '#ir/print.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { lowerTables } from '#tensorflow/passes/lower-tables.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
import { parse } from '../../support/dialects.js';
import { savedModel } from '../../support/saved-models.js';

interface Table {
  readonly keys: string;
  readonly values: string;
  readonly types: readonly [string, string];
  readonly short: readonly [string, string];
}

/** A look-up of %x in a table that the signature itself fills. */
function lookUp({ keys, values, types: [from, to], short: [key, value] }: Table, fallback: string, body = ''): string {
  const count = keys.split(',').length;
  return `signature "f" (%x: tensor<?x${key}>) -> ("y") {
    %t = tf.HashTableV2() {key_dtype = "${from}", value_dtype = "${to}", variable = "table"}
    %k = const ${keys} : tensor<${count}x${key}> %v = const ${values} : tensor<${count}x${value}>
    tf.LookupTableImportV2(%t, %k, %v) {Tin = "${from}", Tout = "${to}"}
    %d = const ${fallback} : tensor<${value}>
    %y = tf.LookupTableFindV2(%t, %x, %d) {Tin = "${from}", Tout = "${to}"} ${body} return %y }`;
}

function lowered(text: string): string {
  const module = parse(text);
  const passes = [removeDeadOps, lowerTables(savedModel({ nodes: [] })), removeDeadOps, lowerToTflite];
  runPasses(module, passes, [verifyObserver()]);
  return printModule(module);
}

const names = (text: string): string[] => [...lowered(text).matchAll(/tfl\.(\w+)/g)].map(([, name]) => name as string);

const words = { keys: '["cat", "dog"]', short: ['str', 'i64'], types: ['string', 'int64'], values: '[3, 4]' } as const;

describe('lower-tables', () => {
  test('from text to int64 by the kernels, filled in the first run', () => {
    expect(lowered(lookUp(words, '-1'))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?xstr>) -> ("y") {
  tfl.call_once() () {
    %0 = tfl.hashtable() : resource
    %c0 = const ["cat", "dog"] : tensor<2xstr>
    %c1 = const [3, 4] : tensor<2xi64>
    tfl.hashtable_import(%0, %c0, %c1)
    return
  }
  %c0 = const [-1] : tensor<1xi64>
  %0 = tfl.hashtable() : resource
  %1 = tfl.hashtable_find(%0, %arg0, %c0) : tensor<?xi64>
  return %1
}
"
`);
  });

  test('other values are gathered by the number of the key', () => {
    const floats = { ...words, values: '[0.5, 1.5]', types: ['string', 'float32'], short: ['str', 'f32'] } as const;
    expect(names(lookUp(floats, '-1'))).toEqual([
      'call_once',
      'hashtable',
      'hashtable_import',
      'hashtable',
      'hashtable_find',
      'gather',
    ]);
  });

  test('numbers that lie close together need no table', () => {
    const near = { keys: '[3, -1, 7]', values: '[5, 6, 7]', types: ['int64', 'int64'], short: ['i64', 'i64'] } as const;
    expect(names(lookUp(near, '-1'))).toEqual(['maximum', 'minimum', 'sub', 'gather', 'gather']);
  });

  test('numbers far apart take two tables', () => {
    const far = {
      keys: '[3, 1000000000]',
      values: '[5, 6]',
      types: ['int64', 'int64'],
      short: ['i64', 'i64'],
    } as const;
    expect(names(lookUp(far, '-1')).filter((name) => name === 'hashtable_find')).toHaveLength(2);
  });

  test('the number of entries is known', () => {
    const text = lookUp(words, '-1', '%s = tf.LookupTableSizeV2(%t)').replace('return %y', 'return %s');
    expect(names(text)).toEqual([]);
    expect(lowered(text)).toContain('const 2 : tensor<i64>');
  });

  test('a hash into one bucket is 0', () => {
    const text =
      'signature "f" (%x: tensor<?xstr>) -> ("y") { %y = tf.StringToHashBucketFast(%x) {num_buckets = 1} return %y }';
    expect(names(text)).toEqual(['shape', 'fill']);
  });

  test('says what is in the way', () => {
    const reason = (text: string): string => {
      try {
        lowered(text);
      } catch (error) {
        if (error instanceof DiagnosticError) return error.message;
      }
      throw new Error('it is lowered');
    };
    const doubles = { ...words, values: '[0.5, 1.5]', types: ['string', 'float64'], short: ['str', 'f64'] } as const;
    expect(reason(lookUp(doubles, '-1'))).toContain('no table of float64');
    const empty = lookUp(words, '-1').replace(/tf.LookupTableImportV2.*?\}/, '');
    expect(reason(empty)).toContain('not known');
    const hashed =
      'signature "f" (%x: tensor<?xstr>) -> ("y") { %y = tf.StringToHashBucketFast(%x) {num_buckets = 9} return %y }';
    expect(reason(hashed)).toContain('it has 9');
  });
});
