import { expect, test } from '@jest/globals';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import type { DType } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';

function signature(inputs: Record<string, [DType, Shape]>, extra: Partial<TensorInfo> = {}): SignatureInfo {
  const infos = Object.entries(inputs).map(([name, [dtype, shape]], tensor) => ({
    name,
    tensor,
    dtype,
    shape,
    ...extra,
  }));
  return { key: 'f', inputs: infos, outputs: [] };
}

const numbers = (inputs: ReturnType<typeof randomInputs>, name: string) =>
  [...(inputs.get(name)?.data ?? [])].map(Number);

test('the same seed gives the same inputs, whatever else the signature has', () => {
  const one = randomInputs(signature({ x: ['float32', [4]] }));
  const two = randomInputs(signature({ y: ['int32', [3]], x: ['float32', [4]] }));
  expect(numbers(one, 'x')).toEqual(numbers(two, 'x'));
  expect(numbers(one, 'x')).toMatchInlineSnapshot(`
[
  -1.6936370134353638,
  -0.9446225762367249,
  0.034114155918359756,
  0.32396796345710754,
]
`);
  expect(numbers(randomInputs(signature({ x: ['float32', [4]] }), { seed: 2 }), 'x')).not.toEqual(numbers(one, 'x'));
});

test('floats have mean 0 and variance 1', () => {
  const values = numbers(randomInputs(signature({ x: ['float32', [20000]] })), 'x');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.03);
});

test('float16 and bfloat16 hold such floats too', () => {
  const half = randomInputs(signature({ x: ['float16', [1000]] })).get('x')?.data as Uint16Array;
  // Exponents of float16 from 2^-14 to 2^2; none is infinite or NaN.
  expect(Math.max(...half.map((bits) => (bits >> 10) & 31))).toBeLessThanOrEqual(17);
  const full = numbers(randomInputs(signature({ x: ['float32', [1000]] })), 'x');
  const brain = randomInputs(signature({ x: ['bfloat16', [1000]] })).get('x')?.data as Uint16Array;
  const widened = [...new Float32Array(Uint32Array.from(brain, (bits) => bits << 16).buffer)];
  expect(widened.every((value, i) => Math.abs(value - (full[i] as number)) <= Math.abs(full[i] as number) / 128)).toBe(
    true,
  );
});

test('integers are small, quantized ones take all values, bools are 0 or 1', () => {
  const inputs = randomInputs(signature({ i: ['int32', [50]], l: ['int64', [50]], b: ['bool', [50]] }), {
    integerLimit: 3,
  });
  expect(new Set(numbers(inputs, 'i'))).toEqual(new Set([0, 1, 2]));
  expect(new Set(numbers(inputs, 'l'))).toEqual(new Set([0, 1, 2]));
  expect(new Set(numbers(inputs, 'b'))).toEqual(new Set([0, 1]));
  const quantization = { scales: [0.5], zeroPoints: [0], axis: 0 };
  const quantized = numbers(randomInputs(signature({ q: ['int8', [5000]] }, { quantization })), 'q');
  expect(Math.min(...quantized)).toBe(-128);
  expect(Math.max(...quantized)).toBe(127);
});

test('open dimensions, unknown rank, complex numbers and text', () => {
  const shapes = {
    x: ['float32', [null, 3]],
    r: ['float32', null],
    c: ['complex64', [2]],
    s: ['string', [2]],
  } as const;
  const inputs = randomInputs(signature(shapes as unknown as Record<string, [DType, Shape]>), { freeDimension: 4 });
  expect(inputs.get('x')?.shape).toEqual([4, 3]);
  expect(inputs.get('r')?.shape).toEqual([]);
  expect(inputs.get('c')?.data).toHaveLength(4);
  expect(inputs.get('s')?.strings).toHaveLength(2);
});
