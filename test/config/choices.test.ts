import { expect, test } from '@jest/globals';
import {
  boxFormats,
  ioTypes,
  isModule,
  metricFacts,
  metricNames,
  recipeNames,
  schemes,
  staticSchemes,
} from '#config/choices.js';
import type { AudioConfig, ImageConfig, MetricOptionsConfig } from '#config/config.js';
import type { AudioOptions } from '#data/audio/audio-options.js';
import type { ImageOptions } from '#data/images/image-options.js';
import { isModuleName } from '#data/module-data-set.js';
import { findMetric, metricNames as known } from '#evaluate/find-metric.js';
import type { MetricOptions } from '#evaluate/metric.js';
import { readyRecipes } from '#quantize/ready-recipes.js';
import { schemes as all, isStatic, ioTypes as types } from '#quantize/recipe.js';

test('what may be chosen is what there is', () => {
  expect([...schemes].sort()).toEqual([...all].sort());
  expect(staticSchemes).toEqual(all.filter(isStatic));
  expect([...recipeNames].sort()).toEqual(readyRecipes.map(({ name }) => name).sort());
  expect(ioTypes).toEqual(types);
  expect([...metricNames].sort()).toEqual([...known].sort());
  for (const path of ['a.mjs', 'a.js', 'b/a.cjs', 'a.json', 'mjs', 'a.MJS'])
    expect(isModule(path)).toBe(isModuleName(path));
});

const forms = metricNames.flatMap((name) => [
  name,
  `${name}[3]`,
  `${name}[micro]`,
  `${name}[float]`,
  `${name}[labels]`,
  `${name}[x]`,
]);

test.each([...forms, 'top-12', 'top-0', 'accuracy', '__proto__', 'toString'])('metric %s', (name) => {
  const facts = metricFacts(name);
  if (!facts) return expect(() => findMetric(name)).toThrow();
  const metric = findMetric(name);
  return expect({ better: metric.direction, against: metric.comparesWithReference ? 'float' : 'labels' }).toMatchObject(
    {
      better: facts.better,
      against: facts.against,
    },
  );
});

test('options go where they are read, by their types', () => {
  const image: ImageOptions = {} as ImageConfig;
  const audio: AudioOptions = {} as AudioConfig;
  const metric: MetricOptions = {} as MetricOptionsConfig;
  const formats: readonly NonNullable<MetricOptions['boxFormat']>[] = boxFormats;
  expect([image, audio, metric, formats]).toHaveLength(4);
});
