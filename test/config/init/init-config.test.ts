import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '#config/file/parse-config.js';
import { type FoundModel, initConfig } from '#config/init/init-config.js';
import { initWorkflow } from '#config/init/init-workflow.js';

const digits: FoundModel = {
  folder: 'examples/digits/saved_model',
  name: 'digits',
  signatures: [
    { key: 'serving_default', inputs: ['image: float32[?,28,28,1]'], outputs: ['probabilities: float32[?,10]'] },
  ],
  bytes: 83_412,
};
const odd: FoundModel = {
  folder: 'odd "[1]": {x} #/saved_model',
  name: 'odd',
  signatures: [{ key: 'a\nversion: 2', inputs: ['x\u2028y\r- z'], outputs: [] }],
  bytes: undefined,
};

describe('initConfig', () => {
  test('a configuration that its own parser takes', () => {
    const text = initConfig([digits, odd]);
    expect(text).toMatchSnapshot();
    const { models } = parseConfig(text, '.tflite-gate.yml');
    expect(models.map(({ path, name }) => [path, name])).toEqual([
      [digits.folder, 'digits'],
      [odd.folder, 'odd'],
    ]);
    expect(models[0]?.variants[0]?.limits.size.maxIncrease).toEqual({ relative: 0.05 });
  });

  test('without SavedModels', () => {
    expect(parseConfig(initConfig([]), '.tflite-gate.yml').models).toMatchObject([{ path: '**' }]);
  });

  test('what it suggests may be taken as it is', () => {
    const text = initConfig([digits]).replace(/^( *)# (?=\s|- |evaluate|limits|targets)/gm, '$1');
    const { models } = parseConfig(text, '.tflite-gate.yml');
    expect(models).toMatchObject([
      {
        variants: [{ name: 'float32' }, { name: 'dynamic' }, { name: 'int8', representativeData: 'calibration.npz' }],
        evaluate: { data: 'test.npz', metrics: [{ name: 'top-1' }] },
        limits: { metrics: { 'top-1': { min: { absolute: 0.95 } } }, size: { max: 92_000 } },
        targets: [{ name: 'litert' }],
      },
    ]);
  });
});

test('initWorkflow', () => {
  const text = initWorkflow({ action: 'OWNER/tflite-gate@v1', branch: 'main', lfs: false });
  expect(text).toMatchSnapshot();
  const workflow = parse(text) as { jobs: Record<string, { steps: { uses: string; with?: object }[] }> };
  expect(workflow.jobs['tflite-gate']?.steps.map(({ uses }) => uses.split('@')[0])).toEqual([
    'actions/checkout',
    'OWNER/tflite-gate',
  ]);
  const withLfs = parse(initWorkflow({ action: 'a/b@c', branch: 'x: y', lfs: true })) as typeof workflow & {
    on: object;
  };
  expect(withLfs.on).toMatchObject({ push: { branches: ['x: y'] } });
  expect(withLfs.jobs['tflite-gate']?.steps[0]?.with).toMatchObject({ lfs: true });
});
