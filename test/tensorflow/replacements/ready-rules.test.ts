import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { replacementsBy } from '#tensorflow/passes/apply-replacements.js';
import { readyRule } from '#tensorflow/replacements/ready-rules.js';
import { readyTexts } from '#tensorflow/replacements/ready-texts.js';
import type { Rule } from '#tensorflow/replacements/rule.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { nativeEngine } from '../../../src/engines/native.js';
import { verifyReplacements } from '../../../src/engines/verify-replacements.js';

jest.setTimeout(60_000);

const models = 'test/tensorflow/replacements/models';

/** Rules whose patterns are run whenever they are used; of others only this test knows what TensorFlow computes. */
const VERIFIED = ['approximate-equal', 'erf-tanh', 'hard-sigmoid', 'hard-swish'];

describe.each(readyTexts.map(({ name }) => name))('%s', (name) => {
  const rule = readyRule(name) as Rule;
  const replacements = replacementsBy([rule]);
  const { model } = nativeEngine.convert(join(models, name), { replacements });

  test('makes of a model what TensorFlow computes', async () => {
    expect(replacements.applied).toHaveLength(1);
    const samples = readNpz(readFileSync(join(models, name, 'samples.npz')));
    const { output: expected, ...inputs } = Object.fromEntries(samples) as Record<string, Tensor>;
    const interpreter = await openInterpreter(serializeModel(model));
    try {
      const { outputs } = await interpreter.run(new Map(Object.entries(inputs)));
      const [actual] = outputs.values();
      expect(actual?.shape).toEqual(expected?.shape);
      expect(actual?.dtype).toEqual(expected?.dtype);
      expect(largestDifference(expected as Tensor, actual as Tensor)).toBeLessThanOrEqual(rule.tolerance);
    } finally {
      await interpreter.dispose();
    }
  });

  test('is verified where its pattern can be run', async () => {
    const [found, ...more] = await verifyReplacements(replacements.applied);
    expect(more).toEqual([]);
    const codes = VERIFIED.includes(name) ? ['replacement-made'] : ['replacement-made', 'replacement-unverified'];
    expect(codes).toContain(found?.code);
  });
});

function largestDifference(expected: Tensor, actual: Tensor): number {
  const [a, b] = [expected, actual].map(({ data }) => Array.from(data as ArrayLike<number | bigint>, Number)) as [
    number[],
    number[],
  ];
  const scale = Math.max(1, ...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)) / scale));
}
