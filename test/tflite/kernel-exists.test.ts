import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { runPasses } from '#passes/run-passes.js';
import { kernelExists } from '#tflite/kernel-exists.js';
import { checkKernels } from '#tflite/passes/check-kernels.js';
import { tflDialect } from '../support/dialects.js';

function moduleOf(args: readonly string[], body: string): Module {
  const list = args.map((type, i) => `%${i} "${i}": tensor<${type}>`).join(', ');
  return parseModule(`signature "s" (${list}) -> ("y") { ${body} return %y }`, tflDialect);
}

function broken(args: readonly string[], body: string): readonly string[] {
  return kernelExists.check(moduleOf(args, body));
}

describe('kernelExists', () => {
  test('holds where a kernel takes the types', () => {
    expect(broken(['2xf32'], '%y = tfl.exp(%0)')).toEqual([]);
    expect(broken(['2xi8, q(0.5:0)'], '%y = tfl.exp(%0) : tensor<2xi8, q(0.5:0)>')).toEqual([]);
  });

  test('names the op, its place, what it takes and what it got', () => {
    expect(broken(['2xf64'], '%y = tfl.exp(%0) loc("net/Exp")')).toEqual([
      "tfl.exp at net/Exp: LiteRT's EXP takes float32 as `x`, not float64",
    ]);
  });

  test('plain bytes are no quantized numbers', () => {
    expect(broken(['2xi8'], '%y = tfl.add(%0, %0)')).toHaveLength(1);
    expect(broken(['2xi8'], '%y = tfl.maximum(%0, %0)')).toEqual([]);
  });

  test('looks at further operands', () => {
    const text = '%i = const [0] : tensor<1xi64> %y = tfl.sum(%0, %i)';
    expect(broken(['2xf32'], text)).toEqual([
      "tfl.sum at an unknown node: LiteRT's SUM takes int32 as `axes`, not int64",
    ]);
  });

  test.each([
    [['1x2x3x4x5x6xf32'], '%p = const splat(0) : tensor<6x2xi32> %y = tfl.pad(%0, %p)', 'at most 5 dimensions'],
    [['f32'], '%y = tfl.softmax(%0)', 'no scalars'],
    [['1x6x8xf32'], '%l = const [6, 8] : tensor<2xi32> %y = tfl.rfft2d(%0, %l)', '6 is not a power of two'],
    [['2x1x2x1x2x1x2x1x2xf32', '1x2x1x2x1x2x1x2x1xf32'], '%y = tfl.sub(%0, %1)', 'at most 8 dimensions'],
    [['2x3xf32', '3xf32'], '%y = tfl.atan2(%0, %1)', 'does not broadcast'],
    [['2xf32'], '%y = tfl.cast(%0) {out_data_type = "UINT64"}', 'does not cast to UINT64'],
  ])('limits of kernels: %s %s', (args, body, message) => {
    expect(broken(args, body)).toEqual([expect.stringContaining(message)]);
  });
});

describe('check-kernels', () => {
  test('reports every op, with a type that would do', () => {
    const module = moduleOf(['2xf64'], '%a = tfl.exp(%0) loc("a") %y = tfl.log(%a) loc("b")');
    let thrown: unknown;
    try {
      runPasses(module, [checkKernels]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DiagnosticError);
    expect((thrown as DiagnosticError).diagnostics).toMatchObject([
      {
        code: 'unsupported-op',
        op: 'EXP',
        detail: "LiteRT's EXP takes float32 as `x`, not float64",
        locations: [{ node: 'a' }],
        help: ['Compute this in float32: put `tf.cast(x, tf.float32)` before it and cast back behind it.'],
      },
      { op: 'LOG', locations: [{ node: 'b' }] },
    ]);
  });

  test('leaves a good model alone', () => {
    expect(() => runPasses(moduleOf(['2xf32'], '%y = tfl.exp(%0)'), [checkKernels])).not.toThrow();
  });
});
