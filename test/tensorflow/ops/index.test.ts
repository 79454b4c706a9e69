import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { tfOpByName, tfOps } from '#tensorflow/ops/index.js';

interface OpDef {
  readonly operands: readonly string[];
  readonly results: readonly string[];
  /** Kind, and the default where there is one. */
  readonly attributes: Readonly<Record<string, readonly [string] | readonly [string, unknown]>>;
}

const opDefs = JSON.parse(readFileSync(new URL('op-defs.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, OpDef>
>;

const kinds: Readonly<Record<string, string>> = {
  type: 'dtype',
  func: 'function',
  'list(int)': 'ints',
  'list(float)': 'floats',
  'list(bool)': 'bools',
  'list(string)': 'strings',
  'list(type)': 'dtypes',
  'list(shape)': 'shapes',
};

/** Attributes that the importer adds. */
const ours = new Set(['variable', 'problem']);

/** Functions that say they stand for one of LiteRT's own kernels; TensorFlow has no such op. */
const composites = new Set(['TFLite_Detection_PostProcess']);

describe('the list of ops', () => {
  test('names are unique and found', () => {
    expect(tfOpByName.size).toBe(tfOps.length);
    for (const definition of tfOps) expect(tfOpByName.get(definition.tfName)).toBe(definition);
  });

  test('every op says in a few words what it is, and can be inferred', () => {
    for (const { tfName, summary, infer } of tfOps) {
      expect([tfName, summary?.length ?? 0, infer !== undefined]).toEqual([tfName, expect.any(Number), true]);
      expect(summary ?? '').not.toBe('');
    }
  });
});

describe('ops are declared as TensorFlow declares them', () => {
  const declared = tfOps.filter(({ tfName }) => !composites.has(tfName));
  test.each(declared.map((definition) => [definition.tfName, definition] as const))('%s', (name, definition) => {
    const opDef = opDefs[name] as OpDef;
    expect(opDef).toBeDefined();
    expect(definition.operandNames).toEqual(opDef.operands);
    const results = opDef.results.map((result) => result.replace('*', ''));
    expect(definition.resultNames).toEqual(results);
    for (const [attribute, spec] of Object.entries(definition.attributes)) {
      if (ours.has(attribute)) continue;
      const [kind, ...fallback] = opDef.attributes[attribute] ?? ['is not one of its attributes'];
      expect([attribute, spec.kind]).toEqual([attribute, kinds[kind] ?? kind]);
      const stated = 'default' in spec ? [spec.default] : [];
      if (kind === 'float') expect(Math.fround(Number(stated[0] ?? 0))).toBeCloseTo(Number(fallback[0] ?? 0), 10);
      else expect([attribute, stated]).toEqual([attribute, fallback]);
    }
  });
});
