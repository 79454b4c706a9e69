import { describe, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { printModule } from '#ir/print.js';
import { verifyModule } from '#ir/verify.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { parseModel } from '#tflite/file/read-model.js';
import { verifyModel } from '#tflite/file/verify-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { importModel } from '#tflite/import/import-model.js';
import { isOpaqueOp } from '#tflite/opaque-op.js';
import { optimisationPasses } from '../../../src/pipeline.js';
import { differences, modelBytes, recordedRun } from '../../runtime/fixtures.js';
import { boundaryOf, exported, officialFiles, operatorCounts, signaturesOf } from './files.js';

describe.each(officialFiles)('%s', (_, bytes) => {
  const model = parseModel(bytes);

  test('is imported soundly', () => {
    expect(verifyModule(importModel(model))).toEqual([]);
  });

  test('is exported with the same operators, signatures and boundary', () => {
    const again = exported(importModel(model), model);
    verifyModel(again);
    expect(operatorCounts(again)).toEqual(operatorCounts(model));
    expect(signaturesOf(again)).toEqual(signaturesOf(model));
    expect(boundaryOf(again)).toEqual(boundaryOf(model));
  });

  test('no op asks for a higher version', () => {
    const again = exported(importModel(model), model);
    const highest = new Map(model.operator_codes.map(({ builtin_code, version }) => [builtin_code, version]));
    for (const { builtin_code, version } of again.operator_codes) {
      expect(version).toBeLessThanOrEqual(highest.get(builtin_code) ?? 0);
    }
  });

  test('can be optimised', () => {
    const module = importModel(model);
    runPasses(module, optimisationPasses, [verifyObserver()]);
    const again = exported(module, model);
    verifyModel(again);
    expect(signaturesOf(again)).toEqual(signaturesOf(model));
    expect(boundaryOf(again)).toEqual(boundaryOf(model));
  });
});

/** Fixtures with results of LiteRT's Python interpreter: name, number of the run, signature. */
const recorded: readonly (readonly [string, number, string | undefined])[] = [
  ['int8', 1, undefined],
  ['types', 1, undefined],
  ['scalars', 1, undefined],
  ['signatures', 1, 'double'],
  ['signatures', 2, 'negate'],
  ['branches', 1, undefined],
  ['branches', 2, undefined],
  ['dynamic_batch', 2, undefined],
  ['endless', 1, undefined],
  ['gather', 1, undefined],
  ['prepared', 2, undefined],
  ['prepared_static', 1, undefined],
  ['segments', 1, undefined],
  ['unknown_size', 3, undefined],
];

test.each(recorded)('%s, run %d: the same results as before, also when optimised', async (name, number, signature) => {
  const model = parseModel(modelBytes(name));
  const { inputs, outputs } = recordedRun(name, number);
  for (const passes of [[], optimisationPasses]) {
    const module = importModel(model);
    runPasses(module, passes, [verifyObserver()]);
    const interpreter = await openInterpreter(serializeModel({ ...exported(module, model) }));
    try {
      const result = await interpreter.run(inputs, signature === undefined ? {} : { signature });
      expect(differences(result.outputs, outputs)).toEqual([]);
    } finally {
      await interpreter.dispose();
    }
  }
});

function fileOf(name: string): Uint8Array {
  return officialFiles.find(([file]) => file === `${name}.tflite`)?.[1] ?? new Uint8Array();
}

test('ops, names and quantization stand in the module', () => {
  expect(printModule(importModel(parseModel(fileOf('quantized_network'))))).toMatchInlineSnapshot(`
"signature "serving_default" (%arg0 "image": tensor<?x8x8x1xf32>) -> ("scores") {
  %0 = tfl.quantize(%arg0) : tensor<?x8x8x1xi8, q(0.02681691013276577:13)> loc("tfl.quantize", signature = "serving_default")
  %c0 = const elided("ad2e4e7389d4098d") : tensor<4x3x3x1xi8> as tensor<4x3x3x1xi8, q@0(0.010060473345220089:0, 0.017350470647215843:0, 0.014346546493470669:0, 0.015766870230436325:0)> loc("Conv2D", signature = "serving_default")
  %c1 = const [-2797, 3630, -747, 3724] : tensor<4xi32> as tensor<4xi32, q@0(0.00026979082031175494:0, 0.00046528602251783013:0, 0.00038473005406558514:0, 0.0004228187317494303:0)> loc("Relu;add;Conv2D;Const_1", signature = "serving_default")
  %1 = tfl.conv_2d(%0, %c0, %c1) {stride_w = 2, stride_h = 2, fused_activation_function = "RELU"} : tensor<?x4x4x4xi8, q(0.040007054805755615:-128)> loc("Relu;add;Conv2D;Const_11", signature = "serving_default")
  %c2 = const [1, 2] : tensor<2xi32> loc("Mean/reduction_indices", signature = "serving_default", layer = "Mean")
  %2 = tfl.mean(%1, %c2) : tensor<?x4xi8, q(0.010087404400110245:-128)> loc("Mean", signature = "serving_default")
  %c3 = const [[-41, 98, -127, 94], [-67, 15, -127, -15], [30, -69, 59, -127]] : tensor<3x4xi8> as tensor<3x4xi8, q@0(0.010560784488916397:0, 0.011035592295229435:0, 0.008459566161036491:0)> loc("MatMul1", signature = "serving_default")
  %3 = tfl.fully_connected(%2, %c3, none) {quant_spec = bytes("")} : tensor<?x3xi8, q(0.02724388986825943:-1)> loc("PartitionedCall:01", signature = "serving_default")
  %4 = tfl.dequantize(%3) : tensor<?x3xf32> loc("PartitionedCall:0", signature = "serving_default")
  return %4
}
"
`);
});

test('bodies of loops are regions', () => {
  expect(printModule(importModel(parseModel(fileOf('loop'))))).toMatchInlineSnapshot(`
"signature "serving_default" (%arg0 "x": tensor<2xf32>, %arg1 "n": tensor<i64>) -> ("total", "label") {
  %c0 = const 1099511627776 : tensor<i64> loc("Const", signature = "serving_default")
  %0, %1, %2 = tfl.while(%c0, %arg0, %arg1) (%arg0: tensor<i64>, %arg1: tensor<2xf32>, %arg2: tensor<i64>) {
    %0 = tfl.less(%arg0, %arg2) : tensor<i1> loc("while/Less", signature = "serving_default", layer = "while")
    return %0
  } (%arg0: tensor<i64>, %arg1: tensor<2xf32>, %arg2: tensor<i64>) {
    %c0 = const 1 : tensor<i64> loc("while/add/y", signature = "serving_default", layer = "add")
    %0 = tfl.add(%arg0, %c0) : tensor<i64> loc("while/add", signature = "serving_default", layer = "while")
    %c1 = const 1.5 : tensor<f32> loc("while/mul/y", signature = "serving_default", layer = "mul")
    %1 = tfl.mul(%arg1, %c1) : tensor<2xf32> loc("while/mul", signature = "serving_default", layer = "while")
    return %0, %1, %arg2
  } : tensor<i64>, tensor<2xf32>, tensor<i64> loc("while", signature = "serving_default")
  %c1 = const [0] : tensor<1xi32> loc("strided_slice/stack", signature = "serving_default", layer = "strided_slice")
  %c2 = const [1] : tensor<1xi32> loc("arith.constant", signature = "serving_default")
  %3 = tfl.strided_slice(%1, %c1, %c2, %c2) {shrink_axis_mask = 1} : tensor<f32> loc("strided_slice", signature = "serving_default")
  %c3 = const 0 : tensor<f32> loc("Greater/y", signature = "serving_default", layer = "Greater")
  %4 = tfl.greater(%3, %c3) : tensor<i1> loc("Greater", signature = "serving_default")
  %5 = tfl.if(%4) () {
    %c0 = const "größer" : tensor<str> loc("cond/Const1", signature = "serving_default", layer = "cond")
    return %c0
  } () {
    %c0 = const "kleiner" : tensor<str> loc("cond/Const", signature = "serving_default", layer = "cond")
    return %c0
  } : tensor<str> loc("PartitionedCall:0", signature = "serving_default")
  return %1, %5
}
"
`);
});

test('constants are views on the bytes of the file', () => {
  const bytes = fileOf('float_network');
  const module = importModel(parseModel(bytes));
  const constants = [...module.ops()].flatMap((op) => constantOf(op.results[0]) ?? []);
  expect(constants.length).toBeGreaterThan(3);
  for (const { bytes: content } of constants) expect(content.buffer).toBe(bytes.buffer);
});

test('custom ops are kept as they are', () => {
  const model = parseModel(fileOf('custom'));
  const module = importModel(model);
  const opaque = [...module.ops()].filter((op) => isOpaqueOp(op.definition));
  expect(opaque.map(({ name }) => name)).toEqual(['tfl.custom']);
  const custom = ({ subgraphs }: typeof model) =>
    subgraphs[0]?.operators.map(({ custom_options }) => [...custom_options]).filter(({ length }) => length > 0);
  expect(custom(exported(module, model))).toEqual(custom(model));
  expect(custom(model)).toHaveLength(1);
});
