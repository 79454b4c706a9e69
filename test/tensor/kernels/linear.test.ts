import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { DType } from '#tensor/dtype.js';
import { erf, erfc } from '#tensor/kernels/error-function.js';
import { matMul } from '#tensor/kernels/matmul.js';
import { argExtreme, cumulate, reduce } from '#tensor/kernels/reduce.js';
import { transpose } from '#tensor/kernels/transpose.js';
import { elementCount } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';

interface Golden {
  readonly kernel: string;
  // biome-ignore lint/suspicious/noExplicitAny: options are as varied as the kernels
  readonly options: any;
  readonly operands: readonly Encoded[];
  readonly result: Encoded;
}

interface Encoded {
  readonly dtype: Exclude<DType, 'string'>;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}

const goldens = JSON.parse(readFileSync(new URL('linear-goldens.json', import.meta.url), 'utf8')) as Golden[];

function number(value: number | string | boolean): number {
  if (typeof value !== 'string') return Number(value);
  if (value === 'nan') return Number.NaN;
  return value === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function decode({ dtype, shape, values }: Encoded): Tensor {
  const data = allocate(dtype, values.length);
  values.forEach((value, i) => {
    data[i] = data instanceof BigInt64Array ? BigInt(value) : number(value);
  });
  return Tensor.from(dtype, shape, data);
}

function compute({ kernel, options }: Golden, [x, y]: readonly Tensor[]): Tensor | undefined {
  if (!x) throw new Error('a golden without operands');
  switch (kernel) {
    case 'transpose':
      return transpose(x, options.perm);
    case 'matMul':
      return matMul(x, y as Tensor, options.transposeA, options.transposeB);
    case 'reduce':
      return reduce(x, options.axes, options.keepDims, options.reduction);
    case 'argExtreme':
      return argExtreme(x, options.axis, options.extreme, options.indexType);
    case 'cumulate':
      return cumulate(x, options.axis, options.operation, options.exclusive, options.reverse);
    case 'erf':
    case 'erfc':
      return Tensor.from('float64', x.shape, (x.data as Float64Array).map(kernel === 'erf' ? erf : erfc));
    default:
      throw new Error(`no kernel ${kernel}`);
  }
}

/** TensorFlow sums float32 in float32, in an order of its own. */
function tolerance(expected: Tensor, value: number): number {
  if (expected.dtype === 'float64') return 1e-12 * Math.abs(value);
  return expected.dtype === 'float32' ? 2e-7 * Math.max(Math.abs(value), 1) : 0;
}

describe('kernels give what TensorFlow gives', () => {
  test.each(goldens.map((golden) => [`${golden.kernel} ${JSON.stringify(golden.options)}`, golden] as const))(
    '%s',
    (_, golden) => {
      const result = compute(golden, golden.operands.map(decode));
      const expected = decode(golden.result);
      expect(result?.dtype).toBe(expected.dtype);
      expect(result?.shape).toEqual(expected.shape);
      expected.data.forEach((value: number | bigint, i: number) => {
        const actual = result?.data[i];
        if (typeof value === 'bigint' || !Number.isFinite(value)) expect(actual).toBe(value);
        else expect(Math.abs((actual as number) - value)).toBeLessThanOrEqual(tolerance(expected, value));
      });
    },
  );
});

describe('transpose', () => {
  test('every dtype and every way to move elements gives the same order', () => {
    const sizes: [readonly number[], readonly number[]][] = [
      [
        [67, 130],
        [1, 0],
      ],
      [
        [3, 5, 70, 66],
        [3, 0, 1, 2],
      ],
      [
        [2, 67, 69],
        [0, 2, 1],
      ],
      [
        [3, 4, 5, 9],
        [1, 2, 0, 3],
      ],
      [
        [3, 4, 5, 2],
        [2, 0, 1, 3],
      ],
    ];
    const dtypes = ['uint8', 'int16', 'float32', 'int64', 'complex128'] as const;
    for (const [shape, perm] of sizes) {
      const count = elementCount(shape);
      const places = transpose(
        Tensor.int32(
          Array.from({ length: count }, (_, i) => i),
          shape,
        ),
        perm,
      );
      for (const dtype of dtypes) {
        const data = allocate(dtype, count);
        const lanes = data.length / count;
        for (let i = 0; i < data.length; i++) data[i] = data instanceof BigInt64Array ? BigInt(i) : i % 251;
        const moved = transpose(Tensor.from(dtype, shape, data), perm);
        expect(moved.shape).toEqual(places.shape);
        const wrong = Array.from(moved.data as ArrayLike<number | bigint>).findIndex(
          (value, i) => value !== data[(places.data[Math.floor(i / lanes)] as number) * lanes + (i % lanes)],
        );
        expect([dtype, wrong]).toEqual([dtype, -1]);
      }
    }
  });

  test('axes of size 1 cost nothing: the bytes are shared', () => {
    const tensor = Tensor.float32([1, 2, 3], [1, 3, 1]);
    expect(transpose(tensor, [2, 1, 0]).bytes).toBe(tensor.bytes);
  });

  test('int4 and strings', () => {
    // Low nibble first: [[1, 2, 3], [4, 5, 6]].
    const packed = Tensor.fromBytes('int4', [2, 3], Uint8Array.of(0x21, 0x43, 0x65));
    expect(transpose(packed, [1, 0]).bytes).toEqual(Uint8Array.of(0x41, 0x52, 0x63));
    const text = Tensor.fromStrings(
      [1, 2, 2],
      ['a', 'b', 'c', 'd'].map((letter) => new TextEncoder().encode(letter)),
    );
    const moved = transpose(text, [2, 1, 0]);
    expect(moved.shape).toEqual([2, 2, 1]);
    expect(moved.strings.map((letter) => new TextDecoder().decode(letter)).join('')).toBe('acbd');
  });

  test('what is no permutation is refused', () => {
    expect(() => transpose(Tensor.float32([1]), [1])).toThrow('[1] is not a permutation of 1 axes');
    expect(() => transpose(Tensor.float32([1], [1, 1]), [0, 0])).toThrow(RangeError);
  });
});

describe('what the kernels leave to others', () => {
  test('elements that are no plain numbers', () => {
    const halves = Tensor.from('float16', [2], Uint16Array.of(0, 1));
    expect(reduce(halves, [0], false, 'sum')).toBeUndefined();
    expect(argExtreme(halves, 0, 'max', 'int32')).toBeUndefined();
    expect(cumulate(halves, 0, 'sum', false, false)).toBeUndefined();
    expect(matMul(halves.reshape([1, 2]), halves.reshape([2, 1]))).toBeUndefined();
  });

  test('means of no integers', () => {
    expect(reduce(Tensor.int32([], [0]), [0], false, 'mean')).toBeUndefined();
  });

  test('matrices that do not fit', () => {
    expect(() => matMul(Tensor.float32([1, 2], [1, 2]), Tensor.float32([1], [1, 1]))).toThrow('cannot be multiplied');
  });
});
