import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type DType, isFloat } from '#tensor/dtype.js';
import { numberToFloat16 } from '#tensor/float16.js';
import { binaryKernels, unaryKernels } from '#tensor/kernels/arithmetic.js';
import { cast } from '#tensor/kernels/cast.js';
import { gather, gatherNd, scatter } from '#tensor/kernels/gather.js';
import { concat, mirrorPad, pack, pad, split, take } from '#tensor/kernels/join.js';
import { type BinaryKernel, equalStrings, mapBinary, mapUnary, type UnaryKernel } from '#tensor/kernels/map.js';
import { topK, unique, where } from '#tensor/kernels/order.js';
import { unsortedSegment } from '#tensor/kernels/segment.js';
import { select } from '#tensor/kernels/select.js';
import { full, integers, linSpace, oneHot, range } from '#tensor/kernels/sequence.js';
import { broadcastTo, reverse, slice, stridedSlice, tile } from '#tensor/kernels/strided.js';
import { allocate, Tensor } from '#tensor/tensor.js';

interface Encoded {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | readonly [number, number])[];
}

// biome-ignore lint/suspicious/noExplicitAny: arguments are as varied as the kernels
type Arguments = Readonly<Record<string, any>>;

interface Golden {
  readonly kernel: string;
  readonly inputs: readonly Encoded[];
  readonly arguments: Arguments;
  readonly results: readonly Encoded[];
}

function decode({ dtype, shape, values }: Encoded): Tensor {
  if (dtype === 'string')
    return Tensor.fromStrings(
      shape,
      values.map((text) => Buffer.from(String(text))),
    );
  const data = allocate(dtype, values.length);
  values.flat().forEach((element, i) => {
    const number = element === 'inf' ? Infinity : element === '-inf' ? -Infinity : Number(element);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(element);
    else data[i] = dtype === 'float16' ? numberToFloat16(number) : number;
  });
  return Tensor.from(dtype, shape, data);
}

type Kernel = (inputs: readonly Tensor[], args: Arguments) => Tensor | readonly Tensor[] | undefined;

const one = (inputs: readonly Tensor[]): Tensor => inputs[0] as Tensor;
const two = (inputs: readonly Tensor[]): [Tensor, Tensor] => [inputs[0] as Tensor, inputs[1] as Tensor];

const kernels: Readonly<Record<string, Kernel>> = {
  unary: (inputs, { name, dtype }) =>
    mapUnary((unaryKernels as Record<string, UnaryKernel>)[name] as UnaryKernel, one(inputs), dtype),
  binary: (inputs, { name, dtype }) =>
    mapBinary((binaryKernels as Record<string, BinaryKernel>)[name] as BinaryKernel, ...two(inputs), dtype),
  equalStrings: (inputs, { equal }) => equalStrings(...two(inputs), equal),
  cast: (inputs, { dtype }) => cast(one(inputs), dtype),
  slice: (inputs, { begin, size }) => slice(one(inputs), begin, size),
  stridedSlice: (inputs, { begin, step, size }) => stridedSlice(one(inputs), begin, step, size),
  reverse: (inputs, { axes }) => reverse(one(inputs), axes),
  tile: (inputs, { multiples }) => tile(one(inputs), multiples),
  broadcastTo: (inputs, { shape }) => broadcastTo(one(inputs), shape),
  concat: (inputs, { axis }) => concat(inputs, axis),
  pack: (inputs, { axis }) => pack(inputs, axis),
  split: (inputs, { sizes, axis }) => split(one(inputs), sizes, axis),
  take: (inputs, { indices, axis }) => take(one(inputs), indices, axis),
  pad: (inputs, { paddings }) => pad(one(inputs), paddings, inputs[1]),
  mirrorPad: (inputs, { paddings, symmetric }) => mirrorPad(one(inputs), paddings, symmetric),
  gather: (inputs, { axis, batchDims }) => gather(...two(inputs), axis, batchDims),
  gatherNd: (inputs) => gatherNd(...two(inputs)),
  scatter: (inputs, { combine }) => scatter(...two(inputs), inputs[2] as Tensor, combine),
  select: (inputs) => select(...two(inputs), inputs[2] as Tensor),
  range: (inputs) => range(...two(inputs), inputs[2] as Tensor),
  linSpace: (inputs, { count }) => linSpace(...two(inputs), count),
  oneHot: (inputs, { depth, axis }) => oneHot(one(inputs), depth, inputs[1] as Tensor, inputs[2] as Tensor, axis),
  full: (inputs, { shape }) => full(shape, one(inputs)),
  topK: (inputs, { k }) => {
    const top = topK(one(inputs), k);
    return top && [top.values, top.indices];
  },
  unique: (inputs) => {
    const found = unique(one(inputs));
    return found && [found.values, integers('int32', found.indices)];
  },
  where: (inputs) => where(one(inputs)),
  unsortedSegment: (inputs, { kind, segments }) => unsortedSegment(kind, ...two(inputs), segments),
};

/** Functions that TensorFlow and JavaScript approximate in ways of their own: equal but for the last digits. */
const approximate = new Set([
  ...['Exp', 'Expm1', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Tanh'],
  ...['Sigmoid', 'Log', 'Log1p', 'Rsqrt', 'Reciprocal', 'Xlogy', 'Xlog1py', 'Pow', 'Atan2'],
]);

function expectSame(actual: Tensor, expected: Tensor, close: boolean): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
  if (expected.dtype === 'string') {
    expect(actual.strings.map(String)).toEqual(expected.strings.map(String));
  } else if (close) {
    Array.from(expected.data as Float32Array).forEach((value, i) => {
      const found = actual.data[i] as number;
      const near = Math.abs(found - value) <= 1e-6 * Math.max(Math.abs(value), 1);
      expect(near ? value : found).toBe(value);
    });
  } else {
    expect(Array.from(actual.data as Float32Array)).toEqual(Array.from(expected.data as Float32Array));
  }
}

const goldens = JSON.parse(readFileSync(new URL('goldens.json', import.meta.url), 'utf8')) as readonly Golden[];

describe('kernels compute what TensorFlow computes', () => {
  test('every kernel has goldens', () => {
    expect(new Set(goldens.map(({ kernel }) => kernel))).toEqual(new Set(Object.keys(kernels)));
  });

  for (const kernel of Object.keys(kernels)) {
    test(kernel, () => {
      for (const golden of goldens.filter((each) => each.kernel === kernel)) {
        const result = kernels[kernel]?.(golden.inputs.map(decode), golden.arguments);
        const results = result instanceof Tensor ? [result] : (result ?? []);
        expect(results).toHaveLength(golden.results.length);
        const name = String(golden.arguments['name'] ?? '');
        golden.results.forEach((expected, i) => {
          try {
            expectSame(results[i] as Tensor, decode(expected), approximate.has(name) && isFloat(expected.dtype));
          } catch (error) {
            throw new Error(`${kernel} ${JSON.stringify(golden.arguments)} of ${golden.inputs[0]?.dtype}: ${error}`);
          }
        });
      }
    });
  }
});

describe('what kernels leave alone', () => {
  test('a float that does not fit an integer type is not cast', () => {
    expect(cast(Tensor.float32([3e9]), 'int32')).toBeUndefined();
    expect(cast(Tensor.float32([-1]), 'uint8')).toBeUndefined();
    expect(cast(Tensor.float32([NaN]), 'int64')).toBeUndefined();
    expect(cast(Tensor.fromStrings([1], [Buffer.from('1')]), 'int32')).toBeUndefined();
  });

  test('a cast to the same type is the tensor itself', () => {
    const tensor = Tensor.float32([1]);
    expect(cast(tensor, 'float32')).toBe(tensor);
  });

  test('indices out of range give no result', () => {
    const params = Tensor.float32([1, 2, 3]);
    expect(gather(params, Tensor.int32([3]), 0, 0)).toBeUndefined();
    expect(gather(params, Tensor.int32([-1]), 0, 0)).toBeUndefined();
    expect(gatherNd(params, Tensor.int32([3], [1, 1]))).toBeUndefined();
    expect(scatter(params, Tensor.int32([3], [1, 1]), Tensor.float32([0]), 'update')).toBeUndefined();
    expect(unsortedSegment('sum', params, Tensor.int32([0, 1, 2]), 2)).toBeUndefined();
  });

  test('kernels without a meaning for a dtype give no result', () => {
    const complex = Tensor.from('complex64', [1], Float32Array.of(1, 2));
    expect(mapUnary(unaryKernels.Abs, complex)).toBeUndefined();
    expect(mapBinary(binaryKernels.Add, complex, complex)).toBeUndefined();
    expect(mapUnary(unaryKernels.Exp, Tensor.from('int64', [1], BigInt64Array.of(1n)))).toBeUndefined();
    expect(range(Tensor.int32([0], []), Tensor.int32([4], []), Tensor.int32([0], []))).toBeUndefined();
  });

  test('shapes that do not broadcast are an error', () => {
    expect(() => mapBinary(binaryKernels.Add, Tensor.float32([1, 2]), Tensor.float32([1, 2, 3]))).toThrow(
      '[2] and [3] do not broadcast',
    );
  });

  test('int4 is packed: its elements cannot be moved', () => {
    const packed = Tensor.from('int4', [2], Uint8Array.of(0x21));
    expect(() => slice(packed, [0], [1])).toThrow('int4');
  });

  test('operands are not written to', () => {
    const tensor = Tensor.float32([1, 2, 3]);
    scatter(tensor, Tensor.int32([1], [1, 1]), Tensor.float32([9]), 'add');
    expect([...tensor.data]).toEqual([1, 2, 3]);
  });

  test('empty tensors', () => {
    const none = Tensor.float32([], [0, 3]);
    expect(concat([none, Tensor.float32([1, 2, 3], [1, 3])], 0).shape).toEqual([1, 3]);
    expect(mapBinary(binaryKernels.Add, none, Tensor.float32([1, 2, 3]))?.shape).toEqual([0, 3]);
    expect(tile(none, [2, 2]).shape).toEqual([0, 6]);
  });
});
