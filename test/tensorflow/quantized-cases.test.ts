import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const facts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = read(
  'test/tensorflow/official-quantized.json',
);
const gaps: Readonly<Record<string, readonly string[]>> = read('test/tensorflow/quantized-gaps.json');

/** Our own cases with something to quantize; those of the corpus are named in small letters. */
const own = readdirSync('test/op-cases').filter((name) => {
  const file = join('test/op-cases', name, 'case.json');
  return (
    existsSync(file) && Object.values<{ dtype: string }>(read(file).inputs).some(({ dtype }) => dtype === 'float32')
  );
});

interface Model {
  readonly error?: string;
  readonly size?: number;
  readonly float?: Readonly<Record<string, number>>;
  readonly islands?: Readonly<Record<string, number>>;
  readonly conversions?: number;
  readonly db?: number | null;
  readonly same?: number | null;
  readonly elements?: number;
}
type Judge = (models: Readonly<Record<string, Model>>, official: object) => string[];

const { judgeQuantized }: { judgeQuantized: Judge } = await import(
  new URL('judge-quantized.mjs', import.meta.url).href
);

describe('what is kept of the official converter', () => {
  test('each case has a result for both schemes, or why there is none', () => {
    const model = {
      size: expect.any(Number),
    };
    for (const [name, schemes] of Object.entries(facts)) {
      expect([name, Object.keys(schemes)]).toEqual([name, ['int8', 'dynamic']]);
      for (const fact of Object.values(schemes)) {
        if (typeof fact === 'string') expect(fact).not.toBe('');
        else expect(fact).toMatchObject(model);
      }
    }
  });

  test('no case of ours that it names is gone', () => {
    const ours = Object.keys(facts).filter((name) => /^[A-Z]/.test(name));
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.filter((name) => !own.includes(name))).toEqual([]);
  });

  test('gaps are cases that there are, each once, with a reason', () => {
    const names = Object.values(gaps).flat();
    expect(names.filter((name) => !(name in facts) && !own.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(gaps).filter((reason) => reason.length < 20)).toEqual([]);
  });
});

describe('judging a quantized case', () => {
  const good: Model = { size: 1000, float: {}, islands: {}, conversions: 2, db: 40, same: null, elements: 10_000 };
  const models = { int8: good, 'int8-only': good, dynamic: { ...good, conversions: 0 } };
  const official = { int8: { size: 1000, conversions: 2, db: 40 }, dynamic: { size: 1000, db: 40 } };

  test('as good as the official ones', () => {
    expect(judgeQuantized(models, official)).toEqual([]);
    expect(judgeQuantized(models, { int8: 'it failed', dynamic: 'it failed' })).toEqual([]);
    expect(judgeQuantized(models, {})).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, Model>>, RegExp]>([
    ['a model that is not made', { int8: { error: 'exit code 1' } }, /^int8: exit code 1$/],
    ['an op that int8-only leaves', { 'int8-only': { ...good, float: { ADD: 2 } } }, /^int8-only: float32 are 2 ADD$/],
    [
      'a float island',
      { int8: { ...good, float: { ADD: 1 }, islands: { ADD: 1 } } },
      /^int8: float32 are ADD, at 40 dB; official: none/,
    ],
    ['a needless conversion', { int8: { ...good, conversions: 3 } }, /^int8: 3 conversions; official: 2$/],
    ['a larger error', { int8: { ...good, db: 39 } }, /^int8: 39 dB; official: 40 dB/],
    ['a larger file', { dynamic: { ...good, conversions: 0, size: 1500 } }, /^dynamic: 1500 bytes; official: 1000$/],
  ])('%s', (_, changed, problem) => {
    expect(judgeQuantized({ ...models, ...changed }, official)).toEqual([expect.stringMatching(problem)]);
  });

  test('other numbers in integer outputs', () => {
    const compared = { ...official, int8: { size: 1000, conversions: 2, same: 1 } };
    const changed = { ...models, int8: { ...good, db: null, same: 0.9 } };
    expect(judgeQuantized(changed, compared)).toEqual(['int8: 0.9 of the elements are right; official: 1']);
  });

  test('few elements say less, and an island may pay', () => {
    expect(judgeQuantized({ ...models, int8: { ...good, db: 37, elements: 16 } }, official)).toEqual([]);
    expect(judgeQuantized({ ...models, int8: { ...good, db: 44, islands: { ADD: 1 } } }, official)).toEqual([]);
  });

  test('what the model converts by itself is no cost', () => {
    const converting = { ...good, conversions: 2 };
    const dynamic = ['dynamic: 2 conversions; official: 0'];
    expect(judgeQuantized({ ...models, dynamic: converting }, official)).toEqual(dynamic);
    expect(judgeQuantized({ ...models, dynamic: converting, float32: converting }, official)).toEqual([]);
  });

  test('where nothing is quantized there is no island', () => {
    const whole = { ...good, float: { EXP: 1 }, islands: { EXP: 1 }, conversions: 0, db: 140 };
    expect(judgeQuantized({ ...models, int8: whole }, official)).toEqual([]);
  });
});
