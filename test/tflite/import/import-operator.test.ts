import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Op } from '#ir/graph.js';
import { parseModule } from '#ir/parse.js';
import { verifyModule } from '#ir/verify.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelRecord, OperatorRecord, SubGraphRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { importModel } from '#tflite/import/import-model.js';
import { isOpaqueOp } from '#tflite/opaque-op.js';
import { bothDialects } from '../../support/dialects.js';
import { exported } from './files.js';

function written(body: string, args = '%x "x": tensor<1x4xf32>'): ModelRecord {
  const text = `signature "s" (${args}) -> ("y") { ${body} return %y }`;
  return parseModel(serializeModel(exportModule(parseModule(text, bothDialects))));
}

/** The model with its first operator changed. */
function changed(model: ModelRecord, change: Partial<OperatorRecord>): ModelRecord {
  const [first, ...rest] = model.subgraphs as readonly [SubGraphRecord];
  const [operator, ...others] = first.operators as readonly [OperatorRecord];
  return { ...model, subgraphs: [{ ...first, operators: [{ ...operator, ...change }, ...others] }, ...rest] };
}

/** The model in which the code of the first operator is another one. */
function recoded(model: ModelRecord, code: Partial<ModelRecord['operator_codes'][number]>): ModelRecord {
  const [first, ...rest] = model.operator_codes as readonly [ModelRecord['operator_codes'][number]];
  return { ...model, operator_codes: [{ ...first, ...code }, ...rest] };
}

function firstOp(model: ModelRecord): Op {
  const module = importModel(model);
  expect(verifyModule(module)).toEqual([]);
  const op = [...module.ops()].find(({ name }) => name.startsWith('tfl.'));
  if (!op) throw new Error('there is no op');
  return op;
}

function operatorOf(model: ModelRecord): OperatorRecord {
  return (model.subgraphs as readonly [SubGraphRecord])[0].operators[0] as OperatorRecord;
}

describe('options', () => {
  test('are attributes', () => {
    const op = firstOp(written('%y = tfl.softmax(%x) {beta = 0.5}'));
    expect([op.name, op.attributes]).toEqual(['tfl.softmax', { beta: 0.5 }]);
  });

  test('that the file leaves out are those of the definition', () => {
    const model = changed(written('%y = tfl.softmax(%x) {beta = 0.5}'), { builtin_options: undefined });
    expect(firstOp(model).attributes).toEqual({ beta: 1 });
  });

  test('CAST says what the tensors say', () => {
    const model = written('%y = tfl.cast(%x) {out_data_type = "INT32"}');
    expect(operatorOf(model).builtin_options).toBeUndefined();
    expect(firstOp(model).attributes).toEqual({ in_data_type: 'FLOAT32', out_data_type: 'INT32' });
  });

  test('of RESHAPE give way to its operand', () => {
    const model = changed(written('%s = const [4] : tensor<1xi32> %y = tfl.reshape(%x, %s)'), {
      builtin_options: { type: 'ReshapeOptions', value: { new_shape: [4] } },
    });
    expect(firstOp(model).attributes).toEqual({ new_shape: [] });
  });
});

function codesOf({ operator_codes }: ModelRecord): readonly unknown[] {
  return operator_codes.map(({ builtin_code, custom_code, version }) => [builtin_code, custom_code, version]);
}

describe('opaque', () => {
  /** Kept as it is, and written back with the same code and options. */
  function expectKept(model: ModelRecord): void {
    expect(isOpaqueOp(firstOp(model).definition)).toBe(true);
    const again = exported(importModel(model), model);
    expect(operatorOf(again).builtin_options).toEqual(operatorOf(model).builtin_options);
    expect(operatorOf(again).custom_options).toEqual(operatorOf(model).custom_options);
    expect(codesOf(again)).toEqual(codesOf(model));
  }

  test('a builtin without a definition', () => {
    expectKept(recoded(written('%y = tfl.abs(%x)'), { builtin_code: 'STABLEHLO_ABS', version: 3 }));
  });

  test('a custom op, with its version', () => {
    const model = recoded(written('%y = tfl.abs(%x)'), { builtin_code: 'CUSTOM', custom_code: 'Mine', version: 2 });
    expectKept(changed(model, { custom_options: Uint8Array.of(1, 2, 3) }));
  });

  test('an op whose results are others than the definition infers', () => {
    const model = written('%y = tfl.abs(%x)');
    const [first] = model.subgraphs as readonly [SubGraphRecord];
    const tensors = first.tensors.map((tensor) => (tensor.name === 'y' ? { ...tensor, shape: [3, 3] } : tensor));
    expectKept({ ...model, subgraphs: [{ ...first, tensors }] });
  });

  test('an op whose operands the definition refuses', () => {
    expectKept(recoded(written('%y = tfl.abs(%x)'), { builtin_code: 'CONV_2D', version: 1 }));
  });

  test('options of another op', () => {
    const options = { type: 'GatherOptions', value: { axis: 1, batch_dims: 0 } } as const;
    expectKept(changed(written('%y = tfl.softmax(%x)'), { builtin_options: options }));
  });

  test('intermediates that are quantized', () => {
    const model = written('%y = tfl.abs(%x)');
    const [first] = model.subgraphs as readonly [SubGraphRecord];
    const [input] = first.tensors;
    if (!input) throw new Error('there is no tensor');
    const quantization = {
      min: [],
      max: [],
      scale: [0.5],
      zero_point: [1],
      details: undefined,
      quantized_dimension: 0,
    };
    const extra = { ...input, name: 'inner', type: 'INT8' as const, quantization };
    const subgraph = { ...first, tensors: [...first.tensors, extra] };
    const changedModel = changed({ ...model, subgraphs: [subgraph] }, { intermediates: [-1, 2] });
    expectKept(changedModel);
    const again = exported(importModel(changedModel), changedModel);
    const [absent, index] = operatorOf(again).intermediates;
    expect(absent).toBe(-1);
    expect(again.subgraphs[0]?.tensors[index ?? 0]).toMatchObject({ type: 'INT8', quantization: { scale: [0.5] } });
  });

  test('is never merged nor removed', () => {
    const { definition } = firstOp(recoded(written('%y = tfl.abs(%x)'), { builtin_code: 'STABLEHLO_ABS' }));
    expect(definition.sideEffects).toBe(true);
  });
});

describe('bodies', () => {
  const loop = `%y = tfl.while(%x) (%a: tensor<1x4xf32>) {
      %c = const splat(9) : tensor<1x4xf32> %l = tfl.less(%a, %c) %i = const [0, 1] : tensor<2xi32>
      %r = tfl.reduce_any(%l, %i) return %r
    } (%a: tensor<1x4xf32>) { %b = tfl.add(%a, %a) return %b }`;

  test('of an opaque op are written, too', () => {
    const model = written(loop);
    const options = {
      type: 'StablehloWhileOptions',
      value: { cond_subgraph_index: 1, body_subgraph_index: 2 },
    } as const;
    const stablehlo = recoded(changed(model, { builtin_options: undefined, builtin_options_2: options }), {
      builtin_code: 'STABLEHLO_WHILE',
    });
    const op = firstOp(stablehlo);
    expect([isOpaqueOp(op.definition), op.regions.length]).toEqual([true, 2]);
    const again = exported(importModel(stablehlo), stablehlo);
    expect(operatorOf(again).builtin_options_2).toEqual(options);
    expect(again.subgraphs.map(({ operators }) => operators.length)).toEqual([1, 2, 1]);
  });

  test('cannot run themselves', () => {
    const model = written(loop);
    const options = { type: 'WhileOptions', value: { cond_subgraph_index: 1, body_subgraph_index: 0 } } as const;
    expect(() => importModel(changed(model, { builtin_options: options }))).toThrow(DiagnosticError);
    expect(() => importModel(changed(model, { builtin_options: options }))).toThrow('the subgraph 0 runs itself');
  });
});
