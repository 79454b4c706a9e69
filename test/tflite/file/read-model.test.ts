import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { parseModel, readModelFile } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import type { FieldType, TableType } from '#wire/flatbuffers/schema.js';
import { Model } from '#wire/flatbuffers/tflite/model.js';
import { fixtureBytes, fixtureNames, fixturePath, officialView } from './fixtures.js';

type Json = Record<string, unknown>;

/** Our record in the spelling of the official object API, as make_fixtures.py writes it. */
function asOfficial(table: TableType, record: Json): Json {
  const view: Json = {};
  for (const [name, { type }] of Object.entries(table.fields)) {
    const key = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const value = record[name];
    if (type.kind === 'union') {
      const member = value as { type: string; value: Json } | undefined;
      const index = type.members.findIndex((candidate) => candidate.name === member?.type);
      view[`${key}Type`] = index + 1;
      if (member !== undefined) view[key] = asOfficial(type.members[index] as TableType, member.value);
    } else if (!isEmpty(value)) {
      view[key] = officialValue(type, value);
    }
  }
  return view;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (value as { length?: number }).length === 0;
}

function officialValue(type: FieldType, value: unknown): unknown {
  if (value instanceof Uint8Array) return digest(value);
  if (type.kind === 'enum') return type.values[value as string];
  if (type.kind === 'vector') return (value as unknown[]).map((element) => officialValue(type.element, element));
  return type.kind === 'table' ? asOfficial(type, value as Json) : value;
}

function digest(bytes: Uint8Array): Json {
  return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

interface OfficialBuffer {
  readonly data?: Json;
  readonly offset: number;
  readonly size: number;
}

test.each(fixtureNames)('%s is read as the official schema reads it', (name) => {
  const bytes = fixtureBytes(name);
  const { buffers, ...model } = parseModel(bytes);
  const { buffers: officialBuffers, ...official } = officialView(name);
  expect(asOfficial(Model, model)).toEqual(official);
  const expected = (officialBuffers as OfficialBuffer[]).map(
    ({ data, offset, size }) => data ?? digest(bytes.subarray(offset, offset + size)),
  );
  expect(buffers.map(digest)).toEqual(expected);
});

test('buffers are views on the bytes, inside and outside of the flatbuffer', () => {
  for (const name of ['float_network', 'outside_network'] as const) {
    const bytes = fixtureBytes(name);
    const weights = parseModel(bytes).buffers.filter((buffer) => buffer.byteLength > 0);
    expect(weights.length).toBeGreaterThan(3);
    for (const buffer of weights) expect(buffer.buffer).toBe(bytes.buffer);
  }
});

test('an operator code in the one-byte field alone counts', () => {
  const bytes = serializeModel({
    version: 3,
    operator_codes: [{ builtin_code: 'CONV_2D' }],
    subgraphs: [{}],
    buffers: [new Uint8Array(0)],
  });
  const code = parseModel(bytes).operator_codes[0];
  expect(code).toEqual({ deprecated_builtin_code: 3, custom_code: '', version: 1, builtin_code: 'CONV_2D' });
  const old = parseModel(withoutNewerCode(bytes)).operator_codes[0];
  expect(old).toEqual(code);
});

/** The code's four-byte field, found as the only word 3 behind the identifier, set to 0. */
function withoutNewerCode(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const positions = [];
  for (let i = 8; i + 4 <= copy.byteLength; i += 4) if (view.getInt32(i, true) === 3) positions.push(i);
  // The first is the schema's version: the root table comes first.
  expect(positions).toHaveLength(2);
  view.setInt32(positions[1] as number, 0, true);
  return copy;
}

describe('what is no .tflite file', () => {
  function failure(read: () => unknown): { code: string | undefined; detail: string | undefined } {
    try {
      read();
    } catch (error) {
      const found = (error as DiagnosticError).diagnostics[0];
      return { code: found?.code, detail: found?.detail };
    }
    throw new Error('nothing was thrown');
  }

  test('a missing file', () => {
    expect(failure(() => readModelFile('/nowhere/a.tflite')).code).toBe('file-unreadable');
  });

  test('a file is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-'));
    const path = join(folder, 'a.tflite');
    writeFileSync(path, 'nothing of the kind');
    expect(failure(() => readModelFile(path))).toEqual({
      code: 'invalid-tflite',
      detail: `${path} is no .tflite file: the file identifier "TFL3" is missing.`,
    });
    rmSync(folder, { recursive: true });
  });

  test('a Git LFS pointer', () => {
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    expect(failure(() => parseModel(pointer, 'a.tflite'))).toEqual({
      code: 'lfs-pointer',
      detail: 'a.tflite is a Git LFS pointer, not a .tflite file.',
    });
  });

  test('nothing', () => {
    expect(failure(() => parseModel(new Uint8Array(0))).code).toBe('invalid-tflite');
  });

  test('the first half of a file: the place of the damage is named', () => {
    const bytes = fixtureBytes('float_network');
    const { code, detail } = failure(() => parseModel(bytes.subarray(0, 1000), 'a.tflite'));
    expect(code).toBe('invalid-tflite');
    expect(detail).toMatch(/^a\.tflite is damaged at `[a-z_[\]0-9.]+`: .* lies outside of the 1000 bytes\.$/);
  });

  test.each([
    ['a tensor', { inputs: [1] }, 'at `subgraphs[0].inputs[0]`: there is no tensor 1.'],
    ['a buffer', { tensors: [{ buffer: 7 }] }, 'at `subgraphs[0].tensors[0].buffer`: there is no buffer 7.'],
    [
      'an operator code',
      { operators: [{}] },
      'at `subgraphs[0].operators[0].opcode_index`: there is no operator code 0.',
    ],
  ])('a reference to %s that is not there', (_, part, expected) => {
    const subgraph = { tensors: [], ...part };
    const bytes = serializeModel({ version: 3, subgraphs: [subgraph], buffers: [new Uint8Array(0)] });
    expect(failure(() => parseModel(bytes)).detail).toContain(expected);
  });

  test('another version of the schema', () => {
    const bytes = serializeModel({ version: 4, subgraphs: [{}], buffers: [] });
    expect(failure(() => parseModel(bytes)).detail).toBe(
      'The model is damaged at `version`: schema version 4 is not 3.',
    );
  });
});

test('a file is read by its path', () => {
  expect(readModelFile(fixturePath('custom'))).toEqual(parseModel(fixtureBytes('custom')));
});

describe('damaged files', () => {
  /** Numerical Recipes' generator: the same damage in every run. */
  function generator(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function readOrRefuse(bytes: Uint8Array): boolean {
    try {
      parseModel(bytes);
      return true;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return false;
    }
  }

  test.each(fixtureNames)('%s, damaged in thousands of ways, is read or refused', (name) => {
    const bytes = fixtureBytes(name);
    const random = generator(1);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const damaged = bytes.slice();
      const changes = 1 + random(4);
      for (let j = 0; j < changes; j++) damaged[random(damaged.length)] = random(2) === 0 ? random(256) : 255;
      if (!readOrRefuse(damaged)) refused++;
    }
    expect(refused).toBeGreaterThan(300);
  });

  test.each(fixtureNames)('%s, cut anywhere, is read or refused', (name) => {
    const bytes = fixtureBytes(name);
    for (let length = 0; length < bytes.length; length++) readOrRefuse(bytes.slice(0, length));
    expect(readOrRefuse(bytes.slice(0, bytes.length / 2))).toBe(false);
  });

  test.each(fixtureNames)('%s with any word replaced by a large or a self-referring one', (name) => {
    const bytes = fixtureBytes(name);
    let refused = 0;
    for (let position = 0; position + 4 <= bytes.length; position += 4) {
      for (const word of [0, 4, 0x7fffffff, 0xffffffff, 0x80000000, bytes.length - position]) {
        const damaged = bytes.slice();
        new DataView(damaged.buffer).setUint32(position, word, true);
        if (!readOrRefuse(damaged)) refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });
});
