import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { EnumType, FieldType, TableType, UnionType } from '#wire/flatbuffers/schema.js';
import * as builtinOperator from '#wire/flatbuffers/tflite/builtin-operator.js';
import * as builtinOptions from '#wire/flatbuffers/tflite/builtin-options.js';
import * as enums from '#wire/flatbuffers/tflite/enums.js';
import * as model from '#wire/flatbuffers/tflite/model.js';
import { operatorOptions } from '#wire/flatbuffers/tflite/operator-options.js';
import * as arithmetic from '#wire/flatbuffers/tflite/options-arithmetic.js';
import * as control from '#wire/flatbuffers/tflite/options-control.js';
import * as network from '#wire/flatbuffers/tflite/options-network.js';
import * as recurrent from '#wire/flatbuffers/tflite/options-recurrent.js';
import * as shape from '#wire/flatbuffers/tflite/options-shape.js';
import * as stablehlo from '#wire/flatbuffers/tflite/options-stablehlo.js';
import * as quantization from '#wire/flatbuffers/tflite/quantization.js';
import * as sparsity from '#wire/flatbuffers/tflite/sparsity.js';

type OfficialField = [name: string, slot: number, type: string, fallback: number | null];

interface OfficialSchema {
  readonly enums: Record<string, Record<string, number>>;
  readonly tables: Record<string, OfficialField[]>;
}

const official = JSON.parse(readFileSync(new URL('./official-schema.json', import.meta.url), 'utf8')) as OfficialSchema;

const options = { ...arithmetic, ...control, ...network, ...recurrent, ...shape, ...stablehlo };
const files = { ...builtinOperator, ...builtinOptions, ...enums, ...model, ...quantization, ...sparsity };
const ours: readonly FieldType[] = Object.values({ ...files, ...options });
const tables = ours.filter((value): value is TableType => value.kind === 'table');
const unions = ours.filter((value): value is UnionType => value.kind === 'union');
const enumerations = ours.filter((value): value is EnumType => value.kind === 'enum');

function camelCase(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function typeName(type: FieldType): string {
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'enum') return type.storage.name;
  if (type.kind === 'vector') return `[${typeName(type.element)}]`;
  return type.kind === 'union' ? 'table' : type.kind;
}

function defaultNumber(type: FieldType, value: unknown): number | null {
  if (type.kind === 'enum') return type.values[value as string] as number;
  return type.kind === 'scalar' ? Number(value) : null;
}

/** Our table in the form of the dump. */
function dump(table: TableType): OfficialField[] {
  const fields: OfficialField[] = [];
  for (const [name, { id, type, default: fallback }] of Object.entries(table.fields)) {
    if (type.kind === 'union') fields.push([`${camelCase(name)}Type`, id - 1, 'uint8', 0]);
    fields.push([camelCase(name), id, typeName(type), defaultNumber(type, fallback)]);
  }
  return fields.sort((a, b) => a[1] - b[1]);
}

describe('the schema as data against the official generated code', () => {
  test('has the same tables', () => {
    expect(tables.map((table) => table.name).sort()).toEqual(Object.keys(official.tables).sort());
  });

  test.each(tables.map((table) => [table.name, table] as const))('%s has the same fields', (name, table) => {
    expect(dump(table)).toEqual(official.tables[name]);
  });

  test('has the same enums and unions', () => {
    const names = [...enumerations, ...unions].map((type) => type.name);
    expect(names.sort()).toEqual(Object.keys(official.enums).sort());
  });

  test.each(enumerations.map((type) => [type.name, type] as const))('%s has the same values', (name, type) => {
    expect(type.values).toEqual(official.enums[name]);
  });

  test.each(unions.map((type) => [type.name, type] as const))('%s has the same members', (name, type) => {
    const members = Object.fromEntries(type.members.map((member, i) => [member.name, i + 1]));
    expect({ NONE: 0, ...members }).toEqual(official.enums[name]);
  });
});

test('every options table belongs to an operator, and every such table to a union', () => {
  const used = new Set(Object.values(operatorOptions).map((table) => table.name));
  const members = unions.filter((type) => type.name.startsWith('BuiltinOptions')).flatMap((type) => type.members);
  expect([...used].sort()).toEqual(members.map((table) => table.name).sort());
});
