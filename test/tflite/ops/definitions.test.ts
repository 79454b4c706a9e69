import { describe, expect, test } from '@jest/globals';
import { runtimeVersionOf } from '#tflite/export/runtime-versions.js';
import { tflOpByName, tflOps } from '#tflite/ops/index.js';
import type { EnumType, FieldType, TableType } from '#wire/flatbuffers/schema.js';
import { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import { operatorOptions } from '#wire/flatbuffers/tflite/operator-options.js';

const tables = operatorOptions as Partial<Record<string, TableType>>;

/** Extensions of other tools, which no kernel reads. */
const foreign = new Set(['quant_spec']);

/** Whether a default could be the content of a field. */
function fits(value: unknown, type: FieldType): boolean {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' && value in (type as EnumType).values;
    case 'scalar':
      return typeof value === (type.name === 'bool' ? 'boolean' : 'number');
    case 'string':
      return typeof value === 'string';
    case 'vector':
      return Array.isArray(value);
    default:
      return false;
  }
}

describe.each(tflOps.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
  const { builtin, options, operandNames } = definition;

  test('is a builtin of the schema with its options', () => {
    expect(BuiltinOperator.values).toHaveProperty(builtin);
    expect(name).toBe(`tfl.${builtin.toLowerCase()}`);
    if (builtin === 'CUSTOM') return;
    const fields = tables[builtin]?.fields ?? {};
    const expected = Object.keys(fields).filter((field) => !foreign.has(field));
    expect(Object.keys(options).sort()).toEqual(expected.sort());
    for (const [option, value] of Object.entries(options)) {
      expect([option, fits(value, (fields[option] as { type: FieldType }).type)]).toEqual([option, true]);
    }
  });

  test('says what it is and what its operands are', () => {
    expect(definition.summary?.length).toBeGreaterThan(1);
    expect(new Set(operandNames).size).toBe(operandNames.length);
    for (const operand of operandNames) expect(operand).toMatch(/^[a-z]\w*[?*]?$/);
    for (const position of Object.keys(definition.operandKernels))
      expect(Number(position)).toBeLessThan(operandNames.length);
    for (const constraint of definition.quantization) {
      if ('operand' in constraint) expect(constraint.operand).toBeLessThan(operandNames.length);
    }
  });
});

test('every op is there once', () => {
  expect(tflOpByName.size).toBe(tflOps.length);
  expect(new Set(tflOps.map(({ summary }) => summary)).size).toBe(tflOps.length);
});

test('builtins without a definition', () => {
  const defined = new Set(tflOps.map(({ builtin }) => builtin));
  const missing = Object.keys(BuiltinOperator.values).filter(
    (name) => !defined.has(name) && !name.startsWith('STABLEHLO'),
  );
  expect(missing).toEqual(['CONCAT_EMBEDDINGS', 'CALL', 'DELEGATE', 'PLACEHOLDER_FOR_GREATER_OP_CODES']);
});

test('the release that introduced an op is known', () => {
  const unknown = tflOps.filter(({ builtin }) => {
    const first = builtin === 'BROADCAST_TO' ? 2 : 1;
    return builtin !== 'CUSTOM' && runtimeVersionOf(builtin as BuiltinOperator, first) === undefined;
  });
  expect(unknown.map(({ builtin }) => builtin)).toMatchInlineSnapshot(`[]`);
});

test('ops whose operands and results share their scale', () => {
  const sharing = tflOps.filter(({ quantization }) => quantization.some(({ kind }) => kind === 'sameScale'));
  expect(sharing.map(({ builtin }) => builtin).sort()).toEqual([
    ...['ADD_N', 'AVERAGE_POOL_2D', 'BATCH_TO_SPACE_ND', 'BROADCAST_TO', 'CONCATENATION', 'DEPTH_TO_SPACE'],
    ...[
      'DYNAMIC_UPDATE_SLICE',
      'EMBEDDING_LOOKUP',
      'EQUAL',
      'EXPAND_DIMS',
      'FILL',
      'GATHER',
      'GATHER_ND',
      'GREATER',
      'GREATER_EQUAL',
      'LESS',
      'LESS_EQUAL',
      'MATRIX_DIAG',
      'MATRIX_SET_DIAG',
      'MAXIMUM',
      'MAX_POOL_2D',
      'MINIMUM',
    ],
    ...[
      'MIRROR_PAD',
      'NOT_EQUAL',
      'ONE_HOT',
      'PACK',
      'PAD',
      'PADV2',
      'RANK',
      'REDUCE_MAX',
      'REDUCE_MIN',
      'RESHAPE',
      'RESIZE_BILINEAR',
    ],
    ...[
      'RESIZE_NEAREST_NEIGHBOR',
      'REVERSE_V2',
      'SCATTER_ND',
      'SELECT',
      'SELECT_V2',
      'SHAPE',
      'SLICE',
      'SPACE_TO_BATCH_ND',
    ],
    ...[
      'SPACE_TO_DEPTH',
      'SPARSE_TO_DENSE',
      'SPLIT',
      'SPLIT_V',
      'SQUEEZE',
      'STRIDED_SLICE',
      'SUM',
      'TILE',
      'TOPK_V2',
      'TRANSPOSE',
      'UNPACK',
    ],
  ]);
});
