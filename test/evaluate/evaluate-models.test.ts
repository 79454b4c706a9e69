import { describe, expect, test } from '@jest/globals';
import type { DataSet, DataSignature, Sample } from '#data/data-set.js';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { evaluateModel, evaluateModels } from '#evaluate/evaluate-models.js';
import { findMetric } from '#evaluate/find-metric.js';
import type { Interpreter, RunInputs } from '#runtime/interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { info, signature, tensor } from './observations.js';

/** A model of two scores: what `score` gives of the first number of each row, and 0. */
class Model implements Interpreter {
  readonly signatures;
  runs = 0;
  readonly #score: (x: number) => number;

  constructor(score: (x: number) => number, batch: number | null = null) {
    this.#score = score;
    this.signatures = [signature([{ ...info('y', tensor('float32', [[0, 0]])), shape: [batch, 2] }], batch)];
  }

  intermediates() {
    return [];
  }

  async run(inputs: RunInputs) {
    this.runs++;
    const x = (inputs as ReadonlyMap<string, Tensor>).get('x') as Tensor;
    const rows = x.shape[0] as number;
    const scores = Array.from({ length: rows }, (_, row) => [this.#score(x.data[2 * row] as number), 0]);
    return { outputs: new Map([['y', tensor('float32', scores)]]), tensors: new Map(), milliseconds: 0 };
  }

  async dispose() {}
}

/** Rows [i, i] with label 0, in samples of a batch; counts how often they are read. */
class Data implements DataSet {
  readonly path = 'rows.npz';
  readonly count: number;
  readonly batch: number;
  readings = 0;
  asked: DataSignature | undefined;

  constructor(count: number, batch = 1) {
    this.count = count;
    this.batch = batch;
  }

  async *samples(asked: DataSignature): AsyncGenerator<Sample> {
    this.readings++;
    this.asked = asked;
    for (let index = 0; index < this.count; index += this.batch) {
      const rows = Math.min(this.batch, this.count - index);
      const x = Array.from({ length: this.batch }, (_, i) => [Math.min(index + i, this.count - 1), 0]);
      const values = {
        x: tensor('float32', x),
        label: tensor(
          'int64',
          x.map(() => 0),
        ),
      };
      yield { index, rows, values: new Map(Object.entries(values)) };
    }
  }
}

const topOne = findMetric('top-1');

test('all models get the same samples, read once, and the reference is run once', async () => {
  const [reference, other] = [new Model((x) => x - 1), new Model((x) => (x === 3 ? -1 : 1))];
  const data = new Data(5);
  const progress: number[][] = [];
  const { samples, evidence, models } = await evaluateModels({
    models: new Map([
      ['float', reference],
      ['int8', other],
    ]),
    reference,
    data,
    metrics: [topOne, findMetric('agreement')],
    onProgress: (rows, total) => progress.push([rows, total as number]),
  });
  expect([samples, evidence, data.readings, reference.runs, other.runs]).toEqual([5, 'data', 1, 5, 5]);
  expect(progress).toEqual([
    [1, 5],
    [2, 5],
    [3, 5],
    [4, 5],
    [5, 5],
  ]);
  expect(data.asked?.inputs.map(({ name }) => name)).toEqual(['x', 'label']);
  const values = [...models].map(([id, { results }]) => [id, ...[...results.values()].map(({ value }) => value)]);
  expect(values).toEqual([
    ['float', 0.8, 1],
    ['int8', 0.8, 0.6],
  ]);
  expect(
    models
      .get('int8')
      ?.results.get('top-1')
      ?.rows.map(([right]) => right),
  ).toEqual([1, 1, 1, 0, 1]);
});

test('models may be given samples ahead of the results, which are the same, in the same order', async () => {
  const evaluate = async (ahead: number) => {
    let [atOnce, most] = [0, 0];
    const model = new Model((x) => (x % 3 === 0 ? -1 : 1));
    const slow: Interpreter = {
      signatures: model.signatures,
      intermediates: () => [],
      dispose: () => model.dispose(),
      async run(inputs) {
        most = Math.max(most, ++atOnce);
        const x = (inputs as ReadonlyMap<string, Tensor>).get('x') as Tensor;
        await new Promise((resolve) => setTimeout(resolve, 5 - ((x.data[0] as number) % 5)));
        atOnce--;
        return model.run(inputs);
      },
    };
    const { samples, models } = await evaluateModels({
      models: new Map([['m', slow]]),
      reference: model,
      data: new Data(11),
      metrics: [topOne, findMetric('sqnr')],
      limit: 10,
      ahead,
    });
    return { samples, most, rows: [...(models.get('m')?.results.values() ?? [])].map(({ rows }) => rows) };
  };
  const [one, four] = [await evaluate(1), await evaluate(4)];
  expect([one.most, four.most]).toEqual([1, 4]);
  expect(four).toEqual({ ...one, most: 4 });
  expect(one.samples).toBe(10);
});

test('rows that only fill the batch do not count, nor those beyond the limit', async () => {
  const model = new Model((x) => (x < 4 ? 1 : -1), 4);
  const evaluate = async (limit?: number) => {
    const { samples, models } = await evaluateModels({
      models: new Map([['m', model]]),
      reference: model,
      data: new Data(6, 4),
      metrics: [topOne],
      limit,
    });
    return [samples, models.get('m')?.results.get('top-1')?.value];
  };
  expect(await evaluate()).toEqual([6, 4 / 6]);
  expect(await evaluate(5)).toEqual([5, 4 / 5]);
  expect(await evaluate(2)).toEqual([2, 1]);
});

test('NaN is counted, and where it comes first', async () => {
  const model = new Model((x) => (x === 2 || x === 5 ? NaN : 1), 4);
  const { models } = await evaluateModels({
    models: new Map([['m', model]]),
    reference: model,
    data: new Data(7, 4),
    metrics: [topOne],
  });
  expect(models.get('m')).toMatchObject({ nan: { rows: 2, first: 2 } });
  expect(models.get('m')?.results.get('top-1')?.value).toBeCloseTo(5 / 7, 12);
});

describe('a model that cannot be run', () => {
  const broken = new Model(() => fail('run-failed', { detail: 'it broke.' }));
  const fine = new Model(() => 1);

  test('does not keep others from it', async () => {
    const models = new Map([
      ['broken', broken],
      ['fine', fine],
    ]);
    const result = await evaluateModels({ models, reference: fine, data: new Data(3), metrics: [topOne] });
    expect([...(result.models.get('broken')?.results ?? [1])]).toEqual([]);
    expect(result.models.get('broken')?.failure?.message).toContain('it broke.');
    expect(result.models.get('fine')?.results.get('top-1')?.samples).toBe(3);
  });

  test('alone, it is an error, as is a reference', async () => {
    const data = new Data(3);
    await expect(evaluateModel(broken, { metric: topOne, reference: fine, data })).rejects.toThrow('it broke.');
    await expect(evaluateModel(fine, { metric: findMetric('sqnr'), reference: broken, data })).rejects.toBeInstanceOf(
      DiagnosticError,
    );
  });
});

describe('without data', () => {
  test('models are compared on the same random inputs, which is weak evidence', async () => {
    const seen: number[] = [];
    const reference = new Model((x) => x, 4);
    const model = new Model((x) => {
      seen.push(x);
      return x + 1;
    }, 4);
    const evaluate = (seed: number) =>
      evaluateModels({
        models: new Map([['m', model]]),
        reference,
        data: undefined,
        metrics: [findMetric('max-error')],
        limit: 6,
        seed,
      });
    const { samples, evidence, models } = await evaluate(1);
    expect([samples, evidence]).toEqual([6, 'weak']);
    expect(models.get('m')?.results.get('max-error')?.value).toBeCloseTo(1, 5);
    await evaluate(1);
    expect(seen.slice(8)).toEqual(seen.slice(0, 8));
    await evaluate(2);
    expect(seen.slice(16)).not.toEqual(seen.slice(0, 8));
  });

  test('there are no labels', async () => {
    const model = new Model((x) => x);
    await expect(
      evaluateModels({ models: new Map([['m', model]]), reference: model, data: undefined, metrics: [topOne] }),
    ).rejects.toThrow("Without data there are no labels: 'label'.");
  });
});

describe('what is refused', () => {
  const model = new Model((x) => x);
  const evaluate = (metrics: string[], data = new Data(2)) =>
    evaluateModels({
      models: new Map([['m', model]]),
      reference: model,
      data,
      metrics: metrics.map((name) => findMetric(name)),
    });

  test('no samples', async () => {
    await expect(evaluate(['top-1'], new Data(0))).rejects.toThrow(
      'rows.npz holds no samples to evaluate the model on.',
    );
  });

  test('labels of two kinds under one key', async () => {
    await expect(evaluate(['top-1', 'mae'])).rejects.toThrow(
      "The metrics top-1 and mae ask for different labels under the key 'label': int64 [?] and float32 [?x2].",
    );
  });
});

test('text and numbers side by side: text is passed over', async () => {
  const model = new Model((x) => x);
  const words = Tensor.fromStrings([1], [Buffer.from('a')]);
  const run = model.run.bind(model);
  model.run = async (inputs) => {
    const result = await run(inputs);
    return { ...result, outputs: new Map([...result.outputs, ['t', words]]) };
  };
  const reference = Object.assign(model, {
    signatures: [signature([...(model.signatures[0]?.outputs ?? []), info('t', words)])],
  });
  expect(await evaluateModel(model, { metric: findMetric('cosine'), reference, data: new Data(2) })).toBe(1);
});
