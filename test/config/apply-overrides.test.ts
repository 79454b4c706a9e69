import { expect, test } from '@jest/globals';
import { applyOverrides } from '#config/apply-overrides.js';
import { parseConfig } from '#config/file/parse-config.js';

const config = parseConfig(
  'version: 1\ncache: c\nmodels: [{ path: a, variants: [float32, float16], limits: { size: { max: 1 kB } } }, { path: b }]',
  'c.yml',
);

test('nothing said changes nothing', () => {
  expect(applyOverrides(config, {})).toEqual(config);
  expect(applyOverrides(config, { failOn: undefined, cache: undefined, strict: undefined })).toEqual(config);
});

test('what a run says holds for all models', () => {
  const own = applyOverrides(config, {
    failOn: [],
    engine: 'auto',
    verify: 'tensorflow',
    cache: 'none',
    baseline: 'b.json',
    strict: true,
    seed: 0,
    limit: 10,
    comment: false,
    artifactName: 'none',
    workers: 2,
  });
  expect(own).toMatchObject({ failOn: [], workers: 2, report: { comment: false, annotations: true } });
  expect([own.cache, own.report.artifactName]).toEqual([undefined, undefined]);
  for (const model of own.models) {
    expect(model).toMatchObject({
      verify: 'tensorflow',
      baseline: { kind: 'file', path: 'b.json' },
      evaluate: { seed: 0, limit: 10 },
      limits: { strict: true },
    });
    for (const variant of model.variants) expect(variant).toMatchObject({ engine: 'auto', limits: { strict: true } });
  }
  expect(own.models[0]?.variants[1]?.limits.size.max).toBe(1000);
  expect(own.allowCode).toBe(false);
});
