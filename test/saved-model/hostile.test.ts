import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { NodeDef } from '#saved-model/records.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { fixture } from './fixtures.js';

/** Decodes all there is. */
function readEverything(path: string): void {
  const model = openSavedModel(path);
  const visit = (nodes: readonly NodeDef[]) => {
    for (const node of nodes) {
      for (const value of node.attributes.values()) {
        if (value.kind === 'tensor') expect(value.value.shape).toBeDefined();
        if (value.kind === 'function') expect(value.attributes).toBeDefined();
      }
      if (node.op === 'VarHandleOp') model.variableBindings.get(node.name);
    }
  };
  visit(model.graph.nodes);
  for (const name of model.functions.names()) visit(model.functions.get(name)?.nodes ?? []);
  for (const key of model.variables.keys()) model.variables.read(key);
}

/** Nothing but a result or diagnostics of the input comes of any file. */
function outcome(path: string): 'read' | 'refused' {
  try {
    readEverything(path);
    return 'read';
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return 'refused';
  }
}

describe('files with random damage', () => {
  let folder: string;
  let state = 20_260_101;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['tf2_training', 'saved_model.pb'],
    ['tf2_dtypes', 'saved_model.pb'],
    ['tf1_partitioned', join('variables', 'variables.index')],
    ['tf2_dtypes', join('variables', 'variables.data-00000-of-00001')],
  ])('of %s: %s', (name, file) => {
    const source = fixture('tf', name, 'saved_model');
    const target = join(folder, name);
    cpSync(source, target, { recursive: true });
    const original = readFileSync(join(source, file));
    expect(outcome(target)).toBe('read');
    const outcomes = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(original);
      for (let flips = random(4); flips >= 0; flips--) bytes[random(bytes.length)] = random(256);
      const cut = i % 4 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      writeFileSync(join(target, file), cut);
      outcomes.add(outcome(target));
    }
    expect(outcomes).toContain('refused');
    cpSync(join(source, file), join(target, file));
  });
});
