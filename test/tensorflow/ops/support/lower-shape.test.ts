import { describe, expect, test } from '@jest/globals';
import { Editor } from '#ir/editor.js';
import type { Value } from '#ir/graph.js';
import { printRegion } from '#ir/print.js';
import { LoweringBuilder } from '#tensorflow/lowering-builder.js';
import { asInt32, permute, reshapeTo, type Target } from '#tensorflow/ops/support/lower-shape.js';
import { parse } from '../../../support/dialects.js';

/** The ops that `build` puts in front of an op that uses an argument of this type. */
function built(type: string, make: (build: LoweringBuilder, value: Value) => Value): string[] {
  const module = parse(`signature "s" (%x: ${type}) -> ("y") { %y = tfl.shape(%x) return %y }`);
  const region = module.signatures[0]?.region;
  const [arg] = region?.args ?? [];
  const anchor = region?.first;
  if (!anchor || !arg) throw new Error('the module is empty');
  region.setOutputs([make(new LoweringBuilder(new Editor(), anchor), arg)]);
  anchor.erase();
  const lines = printRegion(region, { locations: false }).split('\n').slice(1, -1);
  return lines.map((line) => line.trim());
}

describe('reshapeTo', () => {
  const reshaped = (type: string, targets: (value: Value) => Target[]) =>
    built(type, (build, value) => reshapeTo(build, value, targets(value)));

  test('nothing, where the shape stays', () => {
    expect(reshaped('tensor<?x3xf32>', (of) => [{ of, axis: 0 }, 3])).toEqual(['return %arg0']);
  });

  test('one size that is not known is left to the op', () => {
    const lines = reshaped('tensor<?x6xf32>', (of) => [{ of, axis: 0 }, 2, 3]);
    expect(lines).toContain('%c0 = const [-1, 2, 3] : tensor<3xi32>');
    expect(lines).toContain('%0 = tfl.reshape(%arg0, %c0) : tensor<?x2x3xf32>');
  });

  test('more of them are taken from shapes, neighbours together', () => {
    const lines = reshaped('tensor<?x?x6xf32>', (of) => [{ of, axis: 0 }, { of, axis: 1 }, 2, 3]);
    expect(lines.filter((line) => line.includes('tfl.shape'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('tfl.strided_slice'))).toHaveLength(1);
    expect(lines.join()).toContain(': tensor<?x?x2x3xf32>');
  });

  test('products of sizes are computed where they have to be', () => {
    const lines = reshaped('tensor<?x?x?x6xf32>', (of) => [
      { of, axis: 0 },
      [
        { of, axis: 1 },
        { of, axis: 2 },
      ],
      6,
    ]);
    expect(lines.join()).toContain('tfl.reduce_prod');
    expect(lines.join()).toContain(': tensor<?x?x6xf32>');
    const known = reshaped('tensor<?x2x3xf32>', (of) => [{ of, axis: 0 }, [{ of, axis: 1 }, 3]]);
    expect(known.join()).toContain('const [-1, 6]');
  });

  test('a dimension of 0 is stated, not inferred', () => {
    const lines = reshaped('tensor<?x0xf32>', (of) => [{ of, axis: 0 }, 0, 1]);
    expect(lines.join()).toContain('tfl.concatenation');
  });
});

describe('others', () => {
  test('permute leaves out what moves nothing', () => {
    expect(built('tensor<2x3xf32>', (build, value) => permute(build, value, [0, 1]))).toEqual(['return %arg0']);
    expect(built('tensor<2x3xf32>', (build, value) => permute(build, value, [1, 0])).join()).toContain(
      'tensor<3x2xf32>',
    );
  });

  test('asInt32 converts constants now, others by an op', () => {
    expect(built('tensor<2xi64>', (build, value) => asInt32(build, value)).join()).toContain('tfl.cast');
    expect(built('tensor<2xi32>', (build, value) => asInt32(build, value))).toEqual(['return %arg0']);
  });
});
