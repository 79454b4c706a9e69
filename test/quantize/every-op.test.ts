import { describe, expect, jest, test } from '@jest/globals';
import { tflOpByName } from '#tflite/ops/index.js';
import { kernelCases } from '../tflite/ops/kernel-cases.js';
import { makeWeightsConstant, quantized, worstDifference } from './quantized-runs.js';

jest.setTimeout(60_000);

/** Functions that are not defined everywhere, or whose results explode. */
const domains: Readonly<Record<string, readonly [number, number]>> = {
  log: [0.5, 4],
  sqrt: [0, 4],
  rsqrt: [0.5, 4],
  reduce_prod: [0.5, 1.5],
  div: [0.5, 4],
};

/** With `behind`, each float output goes through a RELU: an op that only moves elements is not quantized by itself. */
function signature(op: string, behind = false): string {
  const { args = [], body = '' } = kernelCases[op] ?? {};
  const types = args.map((text) => text.replace(/ \[.*$/, '').replace(/[TB]$/, 'f32'));
  const list = types.map((type, i) => `%${i} "x${i}": tensor<${type}>`).join(', ');
  const [, calls = '', returned = ''] = /^(.*)return (.*)$/s.exec(body) ?? [];
  const values = op === 'topk_v2' ? ['%y'] : returned.split(', ');
  const outputs = values.map((_, i) => `"y${i}"`).join(', ');
  const typed = calls.replace(/tensor<((?:\d+x)*)T>/g, 'tensor<$1f32>');
  const relu = values.map((value, i) => `%r${i} = tfl.relu(${value})`).join(' ');
  const results = behind ? values.map((_, i) => `%r${i}`) : values;
  return `signature "f" (${list}) -> (${outputs}) { ${typed} ${behind ? relu : ''} return ${results.join(', ')} }`;
}

function has(op: string, constraint: string): boolean {
  return tflOpByName.get(op)?.quantization.some(({ kind }) => kind === constraint) ?? false;
}

function opsFor(dtype: 'int8' | 'int16'): string[] {
  return [...tflOpByName.keys()].filter((op) => {
    const converts = op === 'quantize' || op === 'dequantize';
    return kernelCases[op] && tflOpByName.get(op)?.quantizedKernels.includes(dtype) && !converts;
  });
}

describe('every op with a kernel for quantized data computes what it computes in float32', () => {
  test.each(opsFor('int8'))('%s in int8', async (op) => {
    const [low = -2, high = 2] = domains[op] ?? [];
    const result = await quantized(signature(op), { scheme: 'int8-only', low, high, prepare: makeWeightsConstant });
    expect(result.report.counts.int8).toBe(1);
    expect(worstDifference(result.float, result.outputs)).toBeLessThan(0.03);
  });

  // Behind what gives no real numbers nothing is quantized, so that they stay as they are.
  const integers = ['rank', 'shape'];
  const in16 = opsFor('int16').filter((op) => !has(op, 'fragile') && !integers.includes(op));
  test.each(in16)('%s in int16', async (op) => {
    const [low = -2, high = 2] = domains[op] ?? [];
    const text = signature(op, has(op, 'sameScale'));
    const result = await quantized(text, { scheme: 'int16x8', low, high, prepare: makeWeightsConstant });
    expect(result.report.counts.float32).toBe(0);
    expect(worstDifference(result.float, result.outputs)).toBeLessThan(0.005);
  });
});
