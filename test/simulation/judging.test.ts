/**
 * What the gate promises of its statistics, measured on made-up models whose quality is known. The random numbers are
 * always the same. `SIMULATED_RUNS=200 npm test -- test/simulation` takes as many runs of everything (some minutes);
 * without it, fewer of what takes long.
 */
import { describe, expect, test } from '@jest/globals';
import { confidenceInterval } from '#evaluate/statistics/confidence-interval.js';
import { binomialAtLeast } from '#evaluate/statistics/distributions.js';
import { judge } from '#evaluate/statistics/judge.js';
import { pairedDrop } from '#evaluate/statistics/paired-drop.js';
import { randomSource } from '#evaluate/statistics/random-source.js';
import { samplesToSettle } from '#evaluate/statistics/samples-to-settle.js';
import { accuracy, f1, f1Eager, mae, type Population, rmse } from './populations.js';

/** Settings of 0 runs are left out. */
const asked = Number(process.env['SIMULATED_RUNS'] ?? 0);
const MINUTES = 60_000;

function report(line: string): void {
  process.stdout.write(`    ${line}\n`);
}

/** In how many of the runs a condition held. */
function count(runs: number, holds: (run: number) => boolean): number {
  return Array.from({ length: runs }, (_, run) => run).filter(holds).length;
}

/** In how many runs any of some models fails, though no candidate is worse than its reference. */
function falseAlarms<Quality>(population: Population<Quality>, options: FalseAlarms<Quality>): number {
  const { runs, models, samples, limit, candidate = population.good } = options;
  const random = randomSource(models);
  return count(runs, (run) => {
    const answer = population.testSet(random, samples);
    const checks = Array.from({ length: models }, (_, i) => {
      const [reference, other] = [answer(population.good), answer(candidate)];
      return {
        id: `${i}`,
        limit,
        ...pairedDrop(population.metric, reference, other, { seed: run * models + i, limit }),
      };
    });
    return judge(checks, { strict: false }).some(({ verdict }) => verdict === 'fail');
  });
}

interface FalseAlarms<Quality> {
  readonly runs: number;
  readonly models: number;
  readonly samples: number;
  readonly limit: number;
  readonly candidate?: Quality;
}

/**
 * In how many runs a true drop of twice the limit fails, on as many samples as were said to be enough for a run of so
 * many checks, after a look at `pilot` samples.
 */
function caught(population: Population, runs: number, pilot: number, checks: number): { caught: number; mean: number } {
  const random = randomSource(checks);
  const limit = population.drop / 2;
  let total = 0;
  const compare = (samples: number, seed: number) => {
    const answer = population.testSet(random, samples);
    return pairedDrop(population.metric, answer(population.good), answer(population.bad), { seed, limit });
  };
  const number = count(runs, (run) => {
    const samples = samplesToSettle({ spread: compare(pilot, run).spread, limit, checks }) as number;
    total += samples;
    const others = Array.from({ length: checks - 1 }, (_, i) => ({ id: `${i}`, drop: 0, limit, p: 0.5 }));
    const [judged] = judge([{ id: 'dropped', limit, ...compare(samples, run) }, ...others], { strict: false });
    return judged?.verdict === 'fail';
  });
  return { caught: number, mean: Math.round(total / runs) };
}

/** Give or take chance: were there one in twenty, one simulation of a hundred would give as many. */
function expectOneInTwenty(alarms: number, runs: number): void {
  expect(binomialAtLeast(alarms, runs, 0.05)).toBeGreaterThan(0.01);
}

describe('equally good models', () => {
  test.each(
    [
      { population: accuracy, models: 1, samples: 1000, runs: 200 },
      { population: accuracy, models: 40, samples: 1000, runs: asked || 25 },
      { population: mae, models: 1, samples: 400, runs: 200 },
      { population: mae, models: 40, samples: 400, runs: asked },
      { population: f1, models: 1, samples: 1000, runs: asked || 10 },
      { population: f1, models: 40, samples: 400, runs: asked },
      { population: rmse, models: 1, samples: 1000, runs: asked || 10 },
      { population: rmse, models: 40, samples: 400, runs: asked },
    ].filter(({ runs }) => runs > 0),
  )(
    '$population.name, $models in one run: false alarms in at most 5 % of runs',
    (setting) => {
      const population = setting.population as Population;
      const alarms = falseAlarms(population, { ...setting, limit: population.drop / 2 });
      report(`${alarms} of ${setting.runs} runs gave a false alarm`);
      if (setting.runs >= 200) expect(alarms).toBeLessThanOrEqual(0.05 * setting.runs);
      else expectOneInTwenty(alarms, setting.runs);
    },
    60 * MINUTES,
  );

  test.each(
    [
      { name: 'accuracy', population: accuracy, samples: 300, models: 1, runs: 200 },
      { name: 'accuracy, 40 in one run', population: accuracy, samples: 300, models: 40, runs: asked || 50 },
      { name: 'mae', population: mae, samples: 50, models: 1, runs: 200 },
      { name: 'mae, 40 in one run', population: mae, samples: 50, models: 40, runs: asked || 4 },
      { name: 'f1', population: f1, samples: 150, models: 1, runs: asked || 100 },
      { name: 'f1, 40 in one run', population: f1, samples: 150, models: 40, runs: asked || 3 },
      {
        name: 'f1, each in its own way',
        population: f1,
        samples: 400,
        candidate: f1Eager,
        models: 1,
        runs: asked || 20,
      },
      { name: 'rmse', population: rmse, samples: 50, models: 1, runs: 200 },
      { name: 'rmse, 40 in one run', population: rmse, samples: 50, models: 40, runs: asked || 4 },
    ].filter(({ runs }) => runs > 0),
  )(
    '$name, few samples, where no drop at all is allowed: 5 %, give or take chance',
    ({ population, ...setting }) => {
      const alarms = falseAlarms(population as Population, { ...setting, limit: 0 });
      report(`${alarms} of ${setting.runs} runs gave a false alarm`);
      // Were it 5 %, one simulation of a hundred would give as many.
      expect(binomialAtLeast(alarms, setting.runs, 0.05)).toBeGreaterThan(0.01);
    },
    30 * MINUTES,
  );
});

describe('a true drop of twice the limit', () => {
  test.each(
    [
      { population: accuracy, pilot: 200, checks: 1, runs: 200 },
      { population: accuracy, pilot: 1000, checks: 40, runs: 200 },
      { population: mae, pilot: 100, checks: 1, runs: asked || 60 },
      { population: f1, pilot: 200, checks: 1, runs: asked || 10 },
      { population: f1, pilot: 200, checks: 40, runs: asked },
      { population: rmse, pilot: 100, checks: 1, runs: asked || 10 },
      { population: rmse, pilot: 100, checks: 40, runs: asked },
    ].filter(({ runs }) => runs > 0),
  )(
    '$population.name, one of $checks checks: caught in at least 95 % on enough samples',
    (setting) => {
      const { population, runs, pilot, checks } = setting;
      const result = caught(population as Population, runs, pilot, checks);
      report(`${result.caught} of ${runs} caught, on ${result.mean} samples in the mean`);
      expect(result.caught).toBeGreaterThanOrEqual(0.95 * runs);
    },
    30 * MINUTES,
  );
});

describe('intervals', () => {
  test.each(
    [
      { population: accuracy, samples: 30, runs: 1000 },
      { population: accuracy, samples: 300, runs: 1000 },
      { population: mae, samples: 150, runs: 4 * asked || 100 },
      { population: f1, samples: 150, runs: 4 * asked || 100 },
      { population: rmse, samples: 50, runs: 4 * asked || 100 },
    ].filter(({ runs }) => runs > 0),
  )(
    'of $population.name on $samples samples hold the true value and drop',
    ({ population, samples, runs }) => {
      const { metric, good, bad, goodValue, drop } = population as Population;
      const random = randomSource(samples);
      let drops = 0;
      const values = count(runs, (seed) => {
        const answer = (population as Population).testSet(random, samples);
        const rows = answer(good);
        const { interval } = pairedDrop(metric, rows, answer(bad), { seed, limit: 0 });
        if (interval && interval.low <= drop && drop <= interval.high) drops++;
        const own = confidenceInterval(metric, rows, { seed });
        return own !== undefined && own.low <= goodValue && goodValue <= own.high;
      });
      report(`${percent(values, runs)} hold the value, ${percent(drops, runs)} the drop`);
      for (const held of [values, drops]) expect(held / runs).toBeGreaterThan(0.9);
      for (const held of [values, drops]) expect(held / runs).toBeLessThan(0.995);
    },
    30 * MINUTES,
  );
});

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
