import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { graphView, graphViews } from '#check/graph-view.js';
import { graphKey } from '#report/html/graph-view.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { sampleFigures, sampleModel, sampleRecord, sampleVariant } from '../record/sample-record.js';

const FLOAT = 'test/tflite/file/fixtures/float_network.tflite';
const LOOP = 'test/tflite/file/fixtures/loop.tflite';

describe('the graph of a file', () => {
  const { nodes, edges } = graphView(readModelFile(FLOAT));

  test('has its inputs, ops and outputs in the order in which they run, but no constants', () => {
    const model = readModelFile(FLOAT);
    const [subgraph] = model.subgraphs;
    const { inputs, operators, outputs, tensors } = subgraph as (typeof model.subgraphs)[number];
    expect(nodes).toHaveLength(inputs.length + operators.length + outputs.length);
    expect(nodes[0]).toMatchObject({ op: 'input', output: tensors[inputs[0] as number]?.name });
    expect(nodes[0]?.shape).toMatch(/^float32 (?:\?|\d+)(?:×\d+)*$/);
    expect(nodes.at(-1)?.op).toBe('output');
  });

  test('leads from what makes a tensor to what reads it', () => {
    const position = new Map(nodes.map(({ id }, i) => [id, i]));
    for (const [from, to] of edges) {
      expect(position.get(from)).toBeLessThan(position.get(to) as number);
    }
    const reached = new Set(edges.map(([, to]) => to));
    expect(nodes.filter(({ id, op }) => op !== 'input' && !reached.has(id))).toEqual([]);
  });

  test('has bodies of loops beside it', () => {
    const model = readModelFile(LOOP);
    const loop = graphView(model);
    const ids = new Set(loop.nodes.map(({ id }) => id));
    expect(ids.size).toBe(loop.nodes.length);
    expect(new Set([...ids].map((id) => id.split('/')[0])).size).toBe(model.subgraphs.length);
    expect(loop.nodes.filter(({ layer }) => layer === model.subgraphs[1]?.name).length).toBeGreaterThan(0);
  });
});

describe('the graphs of a record', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graph-view-'));
    for (const name of ['models', 'base/models']) mkdirSync(join(folder, name), { recursive: true });
    copyFileSync(FLOAT, join(folder, 'models/a.tflite'));
    copyFileSync(LOOP, join(folder, 'base/models/a.tflite'));
    writeFileSync(join(folder, 'models/damaged.tflite'), 'not a model');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const record = sampleRecord({
    models: [
      sampleModel({
        name: 'm',
        variants: [
          sampleVariant({ name: 'both', file: 'models/a.tflite', base: sampleFigures({ sha256: 'b'.repeat(64) }) }),
          sampleVariant({ name: 'same', file: 'models/a.tflite', base: sampleFigures() }),
          sampleVariant({ name: 'new', file: 'models/a.tflite', base: null }),
          sampleVariant({ name: 'damaged', file: 'models/damaged.tflite' }),
          sampleVariant({ name: 'gone', file: 'models/gone.tflite' }),
          sampleVariant({ name: 'none', file: null }),
        ],
      }),
    ],
  });

  test("are those of the files that there are, and of the base's where these are others", () => {
    const views = graphViews(record, folder);
    expect([...views.keys()]).toEqual(['both', 'same', 'new'].map((name) => graphKey('m', name)));
    expect(views.get(graphKey('m', 'both'))?.base).toEqual(graphView(readModelFile(LOOP)));
    expect(views.get(graphKey('m', 'same'))?.base).toBeUndefined();
    expect(views.get(graphKey('m', 'new'))?.head).toEqual(graphView(readModelFile(FLOAT)));
  });
});
