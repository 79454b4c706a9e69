import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Target } from '#config/config.js';
import { fitTarget } from '#gate/targets/fit-target.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { floats, type SmallOp, type SmallTensor, smallModel } from './small-model.js';

function fixture(path: string): ModelRecord {
  return readModelFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
}

/** The problems as `count op: reason`. */
function problems(model: ModelRecord, name: Target['name'], version?: string): string[] {
  const { fits, problems, source } = fitTarget(model, { name, version });
  expect(fits).toBe(problems.length === 0);
  expect(source).toMatch(/ of 20\d\d/);
  return problems.map(({ op, reason, count }) => `${count} ${op}: ${reason}`);
}

const int8 = (...shape: number[]): SmallTensor => ({ shape, type: 'INT8', scales: 1 });
const axes = (...values: number[]): SmallTensor => ({
  shape: [values.length],
  type: 'INT32',
  constant: Int32Array.from(values),
});

const conv2d: SmallOp['options'] = {
  type: 'Conv2DOptions',
  value: { stride_w: 1, stride_h: 1, dilation_w_factor: 1, dilation_h_factor: 1 },
};

/** A convolution of bytes, softmax behind it: what every target takes, as long as the batch is 1. */
function convolution(changes: Readonly<Record<string, SmallTensor>> = {}, options = conv2d): ModelRecord {
  const tensors: Record<string, SmallTensor> = {
    x: int8(1, 4, 4, 2),
    w: { shape: [3, 1, 1, 2], type: 'INT8', scales: 3, constant: new Uint8Array(6) },
    b: { shape: [3], type: 'INT32', scales: 3, constant: new Int32Array(3) },
    y: int8(1, 4, 4, 3),
    flat: int8(1, 48),
    shape: axes(1, 48),
    z: int8(1, 48),
  };
  return smallModel({ ...tensors, ...changes }, [
    { op: 'CONV_2D', version: 3, inputs: ['x', 'w', 'b'], outputs: ['y'], ...(options ? { options } : {}) },
    { op: 'RESHAPE', inputs: ['y', 'shape'], outputs: ['flat'] },
    {
      op: 'SOFTMAX',
      version: 2,
      inputs: ['flat'],
      outputs: ['z'],
      options: { type: 'SoftmaxOptions', value: { beta: 1 } },
    },
  ]);
}

/** One op with the given operands; results `y`. */
function one(
  op: SmallOp['op'],
  tensors: Readonly<Record<string, SmallTensor>>,
  more: Partial<SmallOp> = {},
): ModelRecord {
  const inputs = Object.keys(tensors).filter((name) => !name.startsWith('y'));
  const outputs = Object.keys(tensors).filter((name) => name.startsWith('y'));
  return smallModel(tensors, [{ op, inputs, outputs, ...more }]);
}

test.each(['litert', 'micro', 'gpu', 'edge-tpu'] as const)('%s takes a plain network of bytes', (name) => {
  expect(problems(convolution(), name)).toEqual([]);
});

describe('litert', () => {
  test('the version has to be the op’s or later', () => {
    const { target, problems: found } = fitTarget(convolution(), { name: 'litert', version: '1.13' });
    expect(target).toBe('litert@1.13');
    expect(found).toEqual([
      expect.objectContaining({ op: 'CONV_2D', count: 1, places: ['y'], reason: expect.stringContaining('1.14.0') }),
      expect.objectContaining({ op: 'SOFTMAX', count: 1, places: ['z'] }),
    ]);
    expect(problems(convolution(), 'litert', '1.14')).toEqual([]);
    expect(problems(convolution(), 'litert', '2.0')).toEqual([]);
  });

  test('2.14 stands for all of its patches', () => {
    const model = one('TRANSPOSE', { x: { shape: [2, 3] }, p: axes(1, 0), y: { shape: [3, 2] } }, { version: 7 });
    expect(problems(model, 'litert', '2.14')).toEqual([]);
    expect(problems(model, 'litert', '2.14.3')).toHaveLength(1);
  });

  test('versions and ops without a kernel', () => {
    expect(problems(one('ABS', { x: { shape: [2] }, y: { shape: [2] } }, { version: 99 }), 'litert')).toEqual([
      '1 ABS: LiteRT has no kernel for version 99 of it',
    ]);
    const cbrt = one('STABLEHLO_CBRT', { x: { shape: [2] }, y: { shape: [2] } });
    expect(problems(cbrt, 'litert')).toHaveLength(1);
  });

  test('custom and Flex ops are the application’s', () => {
    expect(problems(fixture('tflite/file/fixtures/custom.tflite'), 'litert')).toEqual([
      '1 ApproximateEqual: is a custom op: the application has to bring its kernel',
    ]);
    expect(problems(fixture('runtime/fixtures/flex.tflite'), 'litert')[0]).toContain('Flex delegate');
    const included = one('custom TFLite_Detection_PostProcess', { x: { shape: [2] }, y: { shape: [2] } });
    expect(problems(included, 'litert')).toEqual([]);
  });
});

describe('micro', () => {
  test('the example as TensorFlow converts it, batch free', () => {
    expect(problems(fixture('quantize/fixtures/digits.tflite'), 'micro')).toEqual([]);
  });

  test('free sizes besides the batch', () => {
    const free = { x: int8(1, -1, 4, 2), y: int8(1, -1, 4, 3), flat: int8(1, -1) };
    expect(problems(convolution(free), 'micro')).toEqual([
      '1 input: has free dimensions besides the batch: convert with a fixed input shape',
      '1 RESHAPE: the file does not hold the size of its result for a batch of 1: convert with fixed input shapes',
    ]);
  });

  test('a size that no free batch gives', () => {
    const model = one('RESHAPE', { x: { shape: [1, 6] }, n: { shape: [2], type: 'INT32' }, y: { shape: [-1, 3] } });
    expect(problems(model, 'micro')).toEqual(['1 RESHAPE: the size of its result depends on values']);
  });

  test('a batch that changes inside', () => {
    const model = one('SPACE_TO_BATCH_ND', {
      x: { shape: [-1, 4, 4, 1] },
      b: axes(2, 2),
      p: { shape: [2, 2], type: 'INT32', constant: new Int32Array(4) },
      y: { shape: [-1, 2, 2, 1] },
    });
    expect(problems(model, 'micro')).toHaveLength(1);
  });

  test.each<[string, ModelRecord, string]>([
    [
      'ops',
      one('GELU', { x: { shape: [2] }, y: { shape: [2] } }),
      '1 GELU: TensorFlow Lite Micro has no kernel for it',
    ],
    [
      'custom ops',
      one('custom Mine', { x: { shape: [2] }, y: { shape: [2] } }),
      '1 Mine: is a custom op: the application has to bring its kernel',
    ],
    ['types', one('EXP', { x: int8(2), y: int8(2) }), '1 EXP: takes float32, not int8'],
    [
      'computed sizes',
      one('RESIZE_BILINEAR', {
        x: { shape: [1, 2, 2, 1] },
        s: { shape: [2], type: 'INT32' },
        y: { shape: [1, 4, 4, 1] },
      }),
      '1 RESIZE_BILINEAR: takes operand 1 as a constant only',
    ],
    [
      'kinds of resizing',
      one(
        'RESIZE_BILINEAR',
        { x: { shape: [1, 2, 2, 1] }, s: axes(4, 4), y: { shape: [1, 4, 4, 1] } },
        { options: { type: 'ResizeBilinearOptions', value: { align_corners: true, half_pixel_centers: true } } },
      ),
      '1 RESIZE_BILINEAR: takes `align_corners` or `half_pixel_centers`, not both',
    ],
    [
      'weights of bytes with float data',
      one('FULLY_CONNECTED', {
        x: { shape: [1, 2] },
        w: { shape: [3, 2], type: 'INT8', scales: 1, constant: new Uint8Array(6) },
        y: { shape: [1, 3] },
      }),
      '1 FULLY_CONNECTED: takes no int8 weights with float32',
    ],
    [
      'dense 4-bit weights with several scales',
      one('FULLY_CONNECTED', {
        x: int8(1, 2),
        w: { shape: [3, 2], type: 'INT4', scales: 3, constant: new Uint8Array(3) },
        y: int8(1, 3),
      }),
      '1 FULLY_CONNECTED: takes one scale for int4 weights, not one per channel',
    ],
    [
      'conversions',
      one('QUANTIZE', { x: { shape: [2] }, y: { shape: [2], type: 'UINT8', scales: 1 } }),
      '1 QUANTIZE: makes no uint8 of float32',
    ],
    [
      'float16 weights',
      one('DEQUANTIZE', { x: { shape: [2], type: 'FLOAT16', constant: new Uint8Array(4) }, y: { shape: [2] } }),
      '1 DEQUANTIZE: takes int8, int16, uint8, not float16',
    ],
    [
      'text',
      one('RESHAPE', { x: { shape: [2], type: 'STRING' }, s: axes(2), y: { shape: [2], type: 'STRING' } }),
      '1 RESHAPE: takes no text',
    ],
  ])('%s', (_, model, problem) => {
    expect(problems(model, 'micro')).toEqual([problem]);
  });

  test('one signature', () => {
    expect(problems(fixture('runtime/fixtures/signatures.tflite'), 'micro')).toContain(
      '1 signature: only the first one can be run: convert with one signature',
    );
  });
});

describe('gpu', () => {
  test('what the official analyzer calls compatible, and is not', () => {
    expect(problems(fixture('quantize/fixtures/digits.tflite'), 'gpu')).toEqual([
      '1 SHAPE: the GPU delegate has no kernel for it',
      '1 STRIDED_SLICE: data of type int32 stays on the processor',
      '1 PACK: data of type int32 stays on the processor',
      '1 RESHAPE: data of type int32 stays on the processor',
    ]);
  });

  test('float16 weights are floats on the GPU', () => {
    const model = smallModel(
      {
        x: { shape: [1, 2] },
        h: { shape: [3, 2], type: 'FLOAT16', constant: new Uint8Array(12) },
        w: { shape: [3, 2] },
        y: { shape: [1, 3] },
      },
      [
        { op: 'DEQUANTIZE', version: 3, inputs: ['h'], outputs: ['w'] },
        { op: 'FULLY_CONNECTED', inputs: ['x', 'w', undefined], outputs: ['y'] },
      ],
    );
    expect(problems(model, 'gpu')).toEqual([]);
  });

  const picture = { shape: [1, 4, 4, 2] };
  const bool = (name: string) => ({ [name]: { shape: [1, 4], type: 'BOOL' as const } });

  test('a comparison has to become floats at once', () => {
    const compared = { a: { shape: [1, 4] }, b: { shape: [1, 4] }, ...bool('c') };
    const compare: SmallOp = { op: 'GREATER', inputs: ['a', 'b'], outputs: ['c'] };
    const cast: SmallOp = { op: 'CAST', inputs: ['c'], outputs: ['d'] };
    const neg: SmallOp = { op: 'NEG', inputs: ['d'], outputs: ['e'] };
    const whole = { ...compared, d: { shape: [1, 4] }, e: { shape: [1, 4] } };
    expect(problems(smallModel(whole, [compare, cast, neg]), 'gpu')).toEqual([]);
    expect(problems(smallModel(compared, [compare]), 'gpu')).toEqual([
      '1 GREATER: has to be read by one CAST or SELECT to float, and nothing else',
    ]);
  });

  test.each<[string, ModelRecord, string]>([
    [
      'five dimensions',
      one('RELU', { x: { shape: [1, 1, 2, 2, 2] }, y: { shape: [1, 1, 2, 2, 2] } }),
      'RELU: takes 1 to 4 dimensions, not 5',
    ],
    [
      '16-bit data',
      one('RELU', { x: { shape: [1, 2], type: 'INT16', scales: 1 }, y: { shape: [1, 2], type: 'INT16', scales: 1 } }),
      'RELU: data of type int16 stays on the processor',
    ],
    [
      'later versions',
      one('RELU', { x: { shape: [1, 2] }, y: { shape: [1, 2] } }, { version: 3 }),
      'RELU: the GPU delegate takes it up to version 2, not 3',
    ],
    [
      'strides backwards',
      one('STRIDED_SLICE', { x: picture, b: axes(0, 0, 0, 0), e: axes(1, 4, 4, 2), s: axes(1, -1, 1, 1), y: picture }),
      'STRIDED_SLICE: takes positive strides only',
    ],
    [
      'dropped dimensions',
      one(
        'STRIDED_SLICE',
        { x: picture, b: axes(0, 0, 0, 0), e: axes(1, 4, 4, 2), s: axes(1, 1, 1, 1), y: { shape: [4, 4, 2] } },
        { options: { type: 'StridedSliceOptions', value: { shrink_axis_mask: 1 } } },
      ),
      'STRIDED_SLICE: takes no `shrink_axis_mask`',
    ],
    [
      'kinds of resizing',
      one(
        'RESIZE_BILINEAR',
        { x: picture, s: axes(8, 8), y: { shape: [1, 8, 8, 2] } },
        { options: { type: 'ResizeBilinearOptions', value: { align_corners: true, half_pixel_centers: true } } },
      ),
      'RESIZE_BILINEAR: takes `align_corners` or `half_pixel_centers`, not both',
    ],
    [
      'mirrored edges that repeat',
      one(
        'MIRROR_PAD',
        { x: picture, p: { shape: [4, 2], type: 'INT32', constant: new Int32Array(8) }, y: picture },
        { options: { type: 'MirrorPadOptions', value: { mode: 'SYMMETRIC' } } },
      ),
      'MIRROR_PAD: takes the mode REFLECT only',
    ],
    [
      'softmax of another temperature',
      one(
        'SOFTMAX',
        { x: { shape: [1, 4] }, y: { shape: [1, 4] } },
        { options: { type: 'SoftmaxOptions', value: { beta: 2 } } },
      ),
      'SOFTMAX: takes `beta` = 1 only',
    ],
    [
      'transposing products',
      one(
        'BATCH_MATMUL',
        { a: { shape: [2, 3] }, b: { shape: [2, 3] }, y: { shape: [2, 2] } },
        { options: { type: 'BatchMatMulOptions', value: { adj_y: true } } },
      ),
      'BATCH_MATMUL: transposes no operand itself',
    ],
    [
      'constants of several batches',
      one('ADD', {
        x: { shape: [2, 4, 4, 2] },
        c: { shape: [2, 4, 4, 2], constant: floats(64) },
        y: { shape: [2, 4, 4, 2] },
      }),
      'ADD: takes no constant of shape 2×4×4×2',
    ],
    [
      'ops',
      one('EXPAND_DIMS', { x: { shape: [1, 4] }, a: axes(1), y: { shape: [1, 1, 4] } }),
      'EXPAND_DIMS: the GPU delegate has no kernel for it',
    ],
  ])('%s', (_, model, problem) => {
    expect(problems(model, 'gpu')).toEqual([`1 ${problem}`]);
  });
});

describe('edge-tpu', () => {
  test('floats, and a free batch', () => {
    expect(problems(convolution({ x: int8(-1, 4, 4, 2) }), 'edge-tpu')).toEqual([
      '1 input: has free dimensions: convert with a fixed input shape',
    ]);
    expect(problems(fixture('quantize/fixtures/digits.tflite'), 'edge-tpu')).toContain(
      '2 CONV_2D: is float32, where all data has to be int8 or uint8',
    );
  });

  test('float inputs and outputs around bytes', () => {
    expect(problems(fixture('runtime/fixtures/int8.tflite'), 'edge-tpu')).toEqual([]);
    const quantize: SmallOp = { op: 'QUANTIZE', inputs: ['x'], outputs: ['q'] };
    const dequantize: SmallOp = { op: 'DEQUANTIZE', inputs: ['q'], outputs: ['y'] };
    const model = smallModel({ x: { shape: [1, 4] }, q: int8(1, 4), y: { shape: [1, 4] } }, [quantize, dequantize]);
    expect(problems(model, 'edge-tpu')).toEqual([
      '1 input: is float32, where all data has to be int8 or uint8',
      '1 output: is float32, where all data has to be int8 or uint8',
      '1 QUANTIZE: is float32, where all data has to be int8 or uint8',
      '1 DEQUANTIZE: the Edge TPU has no such op',
    ]);
  });

  test('several of a batch', () => {
    const found = problems(
      convolution({ x: int8(2, 4, 4, 2), y: int8(2, 4, 4, 3), flat: int8(1, 96), z: int8(1, 96) }),
      'edge-tpu',
    );
    expect(found).toContain('1 CONV_2D: has more than 3 dimensions that are not 1: only a batch of 1 can be computed');
  });

  const fused = (op: 'AVERAGE_POOL_2D') =>
    one(
      op,
      { x: int8(1, 4, 4, 2), y: int8(1, 2, 2, 2) },
      { options: { type: 'Pool2DOptions', value: { fused_activation_function: 'RELU' } } },
    );

  test.each<[string, ModelRecord, string]>([
    ['ops', one('HARD_SWISH', { x: int8(1, 4), y: int8(1, 4) }), 'HARD_SWISH: the Edge TPU has no such op'],
    ['fused activations of pools', fused('AVERAGE_POOL_2D'), 'AVERAGE_POOL_2D: takes no fused activation, here RELU'],
    [
      'averages along the batch',
      one('MEAN', { x: int8(1, 4, 4, 4), a: axes(0), y: int8(4, 4, 4) }),
      'MEAN: cannot work along the batch',
    ],
    [
      'depths that are no multiple of 4',
      one('MEAN', { x: int8(1, 4, 4, 3), a: axes(-1), y: int8(1, 4, 4) }),
      'MEAN: averages depths that are a multiple of 4',
    ],
    [
      'computed weights',
      one('FULLY_CONNECTED', { x: int8(1, 4), w: int8(2, 4), y: int8(1, 2) }),
      'FULLY_CONNECTED: takes weights as constants only',
    ],
    [
      'dense layers of several rows',
      one('FULLY_CONNECTED', { x: int8(3, 4), w: { ...int8(2, 4), constant: new Uint8Array(8) }, y: int8(3, 2) }),
      'FULLY_CONNECTED: gives a result of one dimension',
    ],
    [
      'different dilations',
      convolution(
        {},
        { type: 'Conv2DOptions', value: { stride_w: 1, stride_h: 1, dilation_w_factor: 2, dilation_h_factor: 1 } },
      ),
      'CONV_2D: takes the same dilation in both directions',
    ],
    [
      'steps',
      one('STRIDED_SLICE', {
        x: int8(4, 4, 2),
        b: axes(0, 0, 0),
        e: axes(4, 4, 2),
        s: axes(2, 1, 1),
        y: int8(2, 4, 2),
      }),
      'STRIDED_SLICE: takes strides of 1 only',
    ],
    [
      'constants that are not zeros',
      one('CONCATENATION', { x: int8(1, 4), c: { ...int8(1, 2), constant: Uint8Array.of(0, 1) }, y: int8(1, 6) }),
      'CONCATENATION: joins no constant but zeros',
    ],
    [
      'padding the batch',
      one('PAD', {
        x: int8(1, 2),
        p: { shape: [2, 2], type: 'INT32', constant: Int32Array.of(1, 0, 0, 0) },
        y: int8(2, 2),
      }),
      'PAD: cannot work along the batch',
    ],
  ])('%s', (_, model, problem) => {
    expect(problems(model, 'edge-tpu')).toEqual([`1 ${problem}`]);
  });
});

test('many places are counted, the first ones named', () => {
  const names = Array.from({ length: 8 }, (_, i) => `y${i}`);
  const tensors = Object.fromEntries(['x', ...names].map((name) => [name, { shape: [2] }]));
  const ops = names.map((name): SmallOp => ({ op: 'GELU', inputs: ['x'], outputs: [name] }));
  const [problem] = fitTarget(smallModel(tensors, ops), { name: 'micro', version: undefined }).problems;
  expect(problem).toMatchObject({ count: 8, places: ['y0', 'y1', 'y2', 'y3', 'y4'] });
});

test('a tensor of unknown rank as input', () => {
  const model = one('RELU', { x: { shape: [], unranked: true }, y: { shape: [], unranked: true } });
  expect(problems(model, 'micro')).toEqual([
    '1 input: its number of dimensions is free: convert with a fixed input shape',
  ]);
});
