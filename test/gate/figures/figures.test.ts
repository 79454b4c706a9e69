import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { figuresOf } from '#gate/figures/figures.js';
import { planArena } from '#gate/figures/plan-arena.js';
import { Figures } from '#record/measures.js';
import type { SubGraphRecord } from '#tflite/file/model-record.js';
import { parseModel, readModelFile } from '#tflite/file/read-model.js';
import { floats, smallModel } from '../targets/small-model.js';

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const arenas = JSON.parse(readFileSync(path('gate/figures/fixtures/arena.json'), 'utf8')) as Record<
  string,
  Record<string, number>
>;

describe('the plan of activations', () => {
  test.each(Object.keys(arenas))('puts the tensors of %s where LiteRT does', (file) => {
    const model = readModelFile(path(file));
    const subgraph = model.subgraphs[0] as SubGraphRecord;
    const { offsets, bytes } = planArena(model, subgraph);
    const [input = -1] = subgraph.inputs;
    const start = offsets.get(input) ?? Number.NaN;
    const planned = Object.keys(arenas[file] ?? {}).map((tensor) => [
      tensor,
      (offsets.get(Number(tensor)) ?? Number.NaN) - start,
    ]);
    expect(Object.fromEntries(planned)).toEqual(arenas[file]);
    expect(planned.length).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual(Math.max(...offsets.values()));
  });

  test('memory is used again once nobody reads it, but not that of inputs and outputs', () => {
    const tensor = { shape: [1000] };
    const chain = Array.from({ length: 6 }, (_, i) => `t${i}`);
    const ops = chain.slice(1).map((name, i) => ({ op: 'EXP' as const, inputs: [chain[i]], outputs: [name] }));
    const model = smallModel(Object.fromEntries(chain.map((name) => [name, tensor])), ops);
    // Each at a multiple of 64: the input, and two that take turns, of which the output is the last.
    const plan = planArena(model, model.subgraphs[0] as SubGraphRecord);
    expect(plan.bytes).toBe(2 * 4032 + 4000);
    expect(plan.offsets.size).toBe(6);
  });

  test('a free size counts as 1, a constant and text as nothing', () => {
    const model = smallModel(
      {
        x: { shape: [-1, 4] },
        c: { shape: [4], constant: floats(4) },
        s: { shape: [100], type: 'STRING' },
        y: { shape: [-1, 4] },
      },
      [{ op: 'ADD', inputs: ['x', 'c'], outputs: ['y'] }],
    );
    expect(planArena(model, model.subgraphs[0] as SubGraphRecord).bytes).toBe(64 + 16);
  });
});

function digestOf(bytes: Uint8Array): { bytes: number; sha256: string } {
  return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

describe('figures of a file', () => {
  const bytes = readFileSync(path('quantize/fixtures/digits.tflite'));
  const figures = figuresOf(parseModel(bytes), digestOf(bytes));

  test('counts, sizes and memory', () => {
    expect(Figures.parse(figures)).toEqual(figures);
    expect(figures).toMatchObject({
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      // Two convolutions of 3×3 on 8×8 and 4×4, and a dense layer.
      macs: 64 * 32 * 9 + 16 * 64 * 9 * 32 + 256 * 10,
      minimumRuntime: '1.11.0',
    });
    expect(Object.values(figures.opCounts).reduce((a, b) => a + b)).toBe(figures.ops);
    const numbers = Object.values(figures.opCounts);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  });

  test('of loops and branches, all that one run comes to is counted', () => {
    const file = path('runtime/fixtures/branches.tflite');
    const model = readModelFile(file);
    const own = model.subgraphs.map((subgraph) => planArena(model, subgraph).bytes);
    expect(own.length).toBeGreaterThan(1);
    expect(figuresOf(model, digestOf(readFileSync(file))).peakActivationBytes).toBe(own.reduce((a, b) => a + b));
  });

  test('of several signatures, the one that takes most', () => {
    const file = path('quantize/fixtures/small.tflite');
    const model = readModelFile(file);
    const own = model.subgraphs.map((subgraph) => planArena(model, subgraph).bytes);
    expect(own).toHaveLength(2);
    expect(figuresOf(model, digestOf(readFileSync(file))).peakActivationBytes).toBe(Math.max(...own));
  });

  test('no release has ops that the application brings', () => {
    const file = path('tflite/file/fixtures/custom.tflite');
    expect(figuresOf(readModelFile(file), digestOf(readFileSync(file))).minimumRuntime).toBeNull();
  });
});
