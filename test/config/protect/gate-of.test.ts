import { describe, expect, test } from '@jest/globals';
import { type ExpandedConfig, expandConfig } from '#config/expand-config.js';
import { parseConfig } from '#config/file/parse-config.js';
import { contentChange, diffGate } from '#config/protect/diff-gate.js';
import type { GateChange } from '#config/protect/gate-change.js';
import { type GateOptions, gateOf } from '#config/protect/gate-of.js';
import { codeModules, judgingFiles } from '#config/protect/judging-files.js';

const FOLDERS = ['models/digits', 'models/words'];

const BASE = `
version: 1
defaults:
  limits: { size: { max-increase: 5% } }
models:
  - path: models/digits
    name: digits
    signatures: [serving_default, features]
    variants:
      - float32
      - { name: int8, quantize: int8, representative-data: calibration.npz, limits: { accuracy: { max-drop: 0.02 } } }
    evaluate:
      data: test.npz
      metrics: [top-1, f1]
      limit: 500
      image: { fit: crop }
    limits:
      accuracy: { min: 0.95, max-drop: 0.01, max-regression: 0.5% }
      metrics: { f1: { min: 0.9 } }
      size: { max: 200 kB }
      ops: { max: 20, allow: [CONV_2D, SOFTMAX], deny: [WHILE] }
      latency: { max-ratio: 1.2 }
      strict: true
    targets: [litert@2.10, micro]
  - path: models/words*
fail-on: [unsupported, missing, accuracy, size]
`;

function config(text: string, folders: readonly string[] = FOLDERS): ExpandedConfig {
  return expandConfig(parseConfig(text, '.tflite-gate.yml'), folders);
}

const base = config(BASE);

/** The base's text with one part written otherwise. */
function edited(from: string, to: string): string {
  expect(BASE).toContain(from);
  return BASE.replace(from, to);
}

/** The changes as lines: `!` in front of what is looser. */
function changes(head: ExpandedConfig): string[] {
  return lines(diffGate(base, head));
}

function lines(found: readonly GateChange[]): string[] {
  return found.map(
    ({ kind, path, from = '-', to = '-', loosened }) => `${loosened ? '!' : ' '} ${kind} ${path}: ${from} → ${to}`,
  );
}

function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What bears on verdicts in a configuration. */
function judged(of: ExpandedConfig) {
  const { allowCode, failOn, report, cache, runtime, python, engineSetup, models } = of;
  return {
    allowCode,
    failOn,
    report,
    cache,
    runtime,
    python,
    engineSetup,
    models: models.map(({ path, evaluate, signatures, verify, baseline, limits, targets, variants }) => ({
      path,
      evaluate,
      signatures,
      verify,
      baseline,
      limits,
      targets,
      variants: byName(variants).map(({ name, engine, selectTfOps, allowCustomOps, limits: own, targets: on }) => ({
        name,
        engine,
        selectTfOps,
        allowCustomOps,
        limits: own,
        targets: on,
      })),
    })),
  };
}

test('nothing changed: nothing is said, and the base judges', () => {
  expect(diffGate(base, config(BASE))).toEqual([]);
  expect(judged(gateOf(base, config(BASE)))).toEqual(judged(base));
  expect(gateOf(base, config(BASE)).models.map(({ judgedBy }) => judgedBy)).toEqual(['base', 'base']);
});

describe('a pull request cannot loosen its own gate unseen', () => {
  const rows: [string, string, string, string[]][] = [
    [
      'a limit',
      'min: 0.95',
      'min: 0.5',
      [
        '! limit models.digits.variants.float32.limits.metrics.top-1.min: 0.95 → 0.5',
        '! limit models.digits.variants.int8.limits.metrics.top-1.min: 0.95 → 0.5',
      ],
    ],
    [
      'a limit of one variant',
      '{ max-drop: 0.02 }',
      '{ max-drop: 0.2 }',
      ['! limit models.digits.variants.int8.limits.metrics.top-1.max-drop: 0.02 → 0.2'],
    ],
    [
      'a limit that is taken away',
      '{ max-drop: 0.02 }',
      '{ max-drop: none }',
      ['! limit models.digits.variants.int8.limits.metrics.top-1.max-drop: 0.02 → -'],
    ],
    [
      'a limit in another measure',
      'max: 20,',
      'max-increase: 3%,',
      [
        '! limit models.digits.variants.float32.limits.ops.max: 20 → -',
        '  limit models.digits.variants.float32.limits.ops.max-increase: - → 3%',
        '! limit models.digits.variants.int8.limits.ops.max: 20 → -',
        '  limit models.digits.variants.int8.limits.ops.max-increase: - → 3%',
      ],
    ],
    [
      'relative in place of absolute',
      'max-drop: 0.01',
      'max-drop: 0.1%',
      ['! limit models.digits.variants.float32.limits.metrics.top-1.max-drop: 0.01 → 0.1%'],
    ],
    [
      'by the defaults',
      'max-increase: 5%',
      'max-increase: 50%',
      [
        '! limit models.digits.variants.float32.limits.size.max-increase: 5% → 50%',
        '! limit models.digits.variants.int8.limits.size.max-increase: 5% → 50%',
        '! limit models.words.variants.float32.limits.size.max-increase: 5% → 50%',
      ],
    ],
    [
      'without strictness',
      'strict: true',
      'strict: false',
      [
        '! limit models.digits.variants.float32.limits.strict: true → false',
        '! limit models.digits.variants.int8.limits.strict: true → false',
      ],
    ],
    ['fewer samples', 'limit: 500', 'limit: 5', ['! data models.digits.evaluate.limit: 500 → 5']],
    ['chosen samples', 'limit: 500', 'limit: 500\n      seed: 17', ['! data models.digits.evaluate.seed: - → 17']],
    ['other data', 'test.npz', 'easy.npz', ['! data models.digits.evaluate.data: test.npz → easy.npz']],
    [
      'other labels',
      'limit: 500',
      'limit: 500\n      labels: [other]',
      ['! data models.digits.evaluate.labels: - → [other]'],
    ],
    ['data read otherwise', 'fit: crop', 'fit: stretch', ['! data models.digits.evaluate.image.fit: crop → stretch']],
    [
      'options of a metric',
      '[top-1, f1]',
      '[{ metric: top-1, label-offset: 1 }, f1]',
      ['! check models.digits.evaluate.metrics.top-1: top-1 → top-1 {"labelOffset":1}'],
    ],
    ['a variant left out', '      - float32\n', '', ['! check models.digits.variants.float32: float32 → -']],
    [
      'a target left out',
      '[litert@2.10, micro]',
      '[litert@2.10]',
      [
        '! check models.digits.variants.float32.targets.micro: micro → -',
        '! check models.digits.variants.int8.targets.micro: micro → -',
      ],
    ],
    [
      'a newer runtime',
      'litert@2.10',
      'litert@2.19',
      [
        '! check models.digits.variants.float32.targets.litert: litert@2.10 → litert@2.19',
        '! check models.digits.variants.int8.targets.litert: litert@2.10 → litert@2.19',
      ],
    ],
    [
      'more ops allowed',
      'allow: [CONV_2D, SOFTMAX]',
      'allow: [CONV_2D, SOFTMAX, "*"]',
      [
        '! limit models.digits.variants.float32.limits.ops.allow: [CONV_2D, SOFTMAX] → [CONV_2D, SOFTMAX, *]',
        '! limit models.digits.variants.int8.limits.ops.allow: [CONV_2D, SOFTMAX] → [CONV_2D, SOFTMAX, *]',
      ],
    ],
    [
      'fewer ops denied',
      'deny: [WHILE]',
      'deny: []',
      [
        '! limit models.digits.variants.float32.limits.ops.deny: [WHILE] → []',
        '! limit models.digits.variants.int8.limits.ops.deny: [WHILE] → []',
      ],
    ],
    [
      'fewer signatures',
      '[serving_default, features]',
      '[serving_default]',
      ['! definition models.digits.signatures: [serving_default, features] → [serving_default]'],
    ],
    [
      'a baseline',
      '    name: digits\n',
      '    name: digits\n    baseline: none\n',
      ['! check models.digits.baseline: base → none'],
    ],
    [
      'what fails',
      '[unsupported, missing, accuracy, size]',
      '[unsupported]',
      ['! policy fail-on: [unsupported, missing, accuracy, size] → [unsupported]'],
    ],
    [
      'what is shown',
      'fail-on:',
      'report: { comment: false, annotations: false }\nfail-on:',
      ['! policy report.comment: true → false', '! policy report.annotations: true → false'],
    ],
    [
      'code',
      'fail-on:',
      'allow-code: true\nallow-limit-changes: true\nfail-on:',
      ['! permission allow-code: false → true', '! permission allow-limit-changes: false → true'],
    ],
    [
      'a Python of its own, results from elsewhere',
      'fail-on:',
      'runtime: native\npython: tools/python\nengine-setup: auto\ncache: forged\nfail-on:',
      [
        '! permission runtime: wasm → native',
        '! permission python: - → tools/python',
        '! permission engine-setup: none → auto',
        '! permission cache: .cache/tflite-gate → forged',
      ],
    ],
    [
      'another engine, TensorFlow ops',
      '- float32\n',
      '- { engine: tensorflow, select-tf-ops: true, allow-custom-ops: [X] }\n',
      [
        '! permission models.digits.variants.float32.engine: native → tensorflow',
        '! permission models.digits.variants.float32.select-tf-ops: false → true',
        '! permission models.digits.variants.float32.allow-custom-ops: [] → [X]',
      ],
    ],
    ['a model left out', '  - path: models/words*\n', '', ['! check models.words: models/words → -']],
    ['a glob that matches less', 'models/words*', 'models/words_*', ['! check models.words: models/words → -']],
  ];

  test.each(rows)('%s', (_, from, to, expected) => {
    const head = config(edited(from, to));
    expect(changes(head)).toEqual(expected);
    expect(judged(gateOf(base, head))).toEqual(judged(base));
  });

  test('another order of metrics moves the limits of `accuracy`, which is seen', () => {
    expect(
      changes(config(edited('[top-1, f1]', '[{ metric: f1 }, top-1]').replace('metrics: { f1:', 'metrics: { top-1:'))),
    ).toEqual([
      '  check models.digits.evaluate.metrics: [top-1, f1] → [f1, top-1]',
      '! limit models.digits.variants.float32.limits.metrics.top-1.min: 0.95 → 0.9',
      '! limit models.digits.variants.float32.limits.metrics.top-1.max-drop: 0.01 → -',
      '! limit models.digits.variants.float32.limits.metrics.top-1.max-regression: 0.5% → -',
      '  limit models.digits.variants.float32.limits.metrics.f1.min: 0.9 → 0.95',
      '  limit models.digits.variants.float32.limits.metrics.f1.max-drop: - → 0.01',
      '  limit models.digits.variants.float32.limits.metrics.f1.max-regression: - → 0.5%',
      '! limit models.digits.variants.int8.limits.metrics.top-1.min: 0.95 → 0.9',
      '! limit models.digits.variants.int8.limits.metrics.top-1.max-drop: 0.02 → -',
      '! limit models.digits.variants.int8.limits.metrics.top-1.max-regression: 0.5% → -',
      '  limit models.digits.variants.int8.limits.metrics.f1.min: 0.9 → 0.95',
      '  limit models.digits.variants.int8.limits.metrics.f1.max-drop: - → 0.02',
      '  limit models.digits.variants.int8.limits.metrics.f1.max-regression: - → 0.5%',
    ]);
  });

  test('the whole file deleted', () => {
    const head = expandConfig({ ...parseConfig('version: 1', 'x'), file: undefined }, FOLDERS);
    expect(changes(head)).toContain('! check models.digits.variants.int8: int8 → -');
    expect(judged(gateOf(base, head))).toEqual(judged(base));
  });
});

/** Every value in a record, by path, as something else. */
function* mutations(value: unknown, path: readonly string[] = []): Generator<{ path: string; mutated: unknown }> {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    yield { path: path.join('.'), mutated: other(value) };
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    for (const { path: where, mutated } of mutations(inner, [...path, key])) {
      yield { path: where, mutated: { ...value, [key]: mutated } };
    }
  }
}

function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  if (!Array.isArray(value)) return 'said';
  return value.length === 0 ? ['more'] : value.slice(1);
}

describe('whatever else is said', () => {
  const [model] = base.models as [ExpandedConfig['models'][number]];
  const [variant] = model.variants as [ExpandedConfig['models'][number]['variants'][number]];
  const { file: _, models: __, entries: ___, unmatched: ____, ...settings } = base;
  // What the model as a whole says counts for variants that are new, which the base's word decides about.
  const { variants: _____, limits: ______, targets: _______, ...own } = model;
  const { metrics, ...evaluate } = own.evaluate;
  const inModel = (changed: object): ExpandedConfig => ({
    ...base,
    models: [{ ...model, ...changed }, ...base.models.slice(1)],
  });
  const heads: [string, ExpandedConfig][] = [
    ...[...mutations(settings)].map(({ path, mutated }): [string, ExpandedConfig] => [
      path,
      { ...base, ...(mutated as object) },
    ]),
    ...[...mutations({ ...own, evaluate })].map(({ path, mutated }): [string, ExpandedConfig] => {
      const changed = mutated as typeof own;
      return [`model.${path}`, inModel({ ...changed, evaluate: { ...changed.evaluate, metrics } })];
    }),
    ...[...mutations(variant)].map(({ path, mutated }): [string, ExpandedConfig] => [
      `variant.${path}`,
      inModel({ variants: [mutated as typeof variant, ...model.variants.slice(1)] }),
    ]),
  ];

  test('all of it is tried', () => expect(heads.length).toBeGreaterThan(60));

  test.each(heads)('%s', (path, head) => {
    const found = diffGate(base, head);
    expect(found.length).toBeGreaterThan(0);
    for (const change of found) expect(change.path).not.toMatch(/undefined|[A-Z]/);
    const gate = gateOf(base, head);
    // Another name of a variant is one more, and one that is gone; another folder is where the model has moved to.
    if (path === 'variant.name') return expect(gate.models[0]?.variants).toContainEqual(variant);
    const moved = {
      ...gate,
      models: gate.models.map((each, i) => ({ ...each, path: base.models[i]?.path ?? each.path })),
    };
    return expect(judged(moved)).toEqual(judged(base));
  });
});

describe('models that are new, renamed, moved or gone', () => {
  test('a new model is judged by the head, one that the base has a glob for by the base', () => {
    const text = `${BASE.replace('models:\n', 'models:\n  - { path: models/new, engine: auto, verify: tensorflow, limits: { size: { max: 9 GB } } }\n  - { path: models/words2, limits: { size: none } }\n')}`;
    const folders = [...FOLDERS, 'models/new', 'models/words2'];
    const head = config(text, folders);
    const gate = gateOf(base, head);
    expect(changes(head)).toEqual([
      '  check models.new: - → models/new',
      '  check models.new.verify: none → tensorflow',
      '! permission models.new.variants.float32.engine: native → auto',
      '  check models.words2: - → models/words2',
      '! limit models.words2.variants.float32.limits.size.max-increase: 5% → -',
    ]);
    const [fresh, words2] = gate.models;
    expect([fresh?.verify, fresh?.variants[0]?.engine]).toEqual(['none', 'native']);
    expect([fresh?.judgedBy, words2?.judgedBy]).toEqual(['head', 'base']);
    expect(fresh?.variants[0]?.limits.size.max).toBe(9e9);
    expect(words2?.variants[0]?.limits.size.maxIncrease).toEqual({ relative: 0.05 });
  });

  test('another name keeps the limits', () => {
    const head = config(edited('name: digits', 'name: ziffern').replace('min: 0.95', 'min: 0'));
    expect(changes(head)[0]).toBe('  definition models.ziffern.name: digits → ziffern');
    const [model] = gateOf(base, head).models;
    expect(model).toMatchObject({ name: 'ziffern', judgedBy: 'base', limits: base.models[0]?.limits });
  });

  test('another folder keeps them too', () => {
    const head = config(edited('path: models/digits', 'path: other/digits'), ['other/digits', 'models/words']);
    expect(changes(head)).toEqual(['  definition models.digits.path: models/digits → other/digits']);
    expect(gateOf(base, head).models[0]).toMatchObject({ path: 'other/digits', judgedBy: 'base' });
  });

  test('both at once: one is gone, which is checked, and one is new', () => {
    const text = edited('path: models/digits', 'path: other/x').replace('name: digits', 'name: x');
    const head = config(text, ['other/x', 'models/words']);
    expect(changes(head)).toEqual(['  check models.x: - → other/x', '! check models.digits: models/digits → -']);
    expect(gateOf(base, head).models.map(({ name, judgedBy }) => `${name} ${judgedBy}`)).toEqual([
      'x head',
      'words base',
      'digits base',
    ]);
  });

  test('one that has got the name of another that is gone', () => {
    const text = BASE.slice(0, BASE.indexOf('  - path: models/words*')).replace(
      'path: models/digits',
      'path: models/words',
    );
    const head = config(text, ['models/words']);
    const gate = gateOf(base, head);
    expect(gate.models.map(({ name, path, judgedBy }) => `${name} ${path} ${judgedBy}`)).toEqual([
      'digits models/words base',
      'digits-2 models/digits base',
    ]);
    expect(gate.models[1]?.variants).toEqual(base.models[0]?.variants);
    expect(changes(head)).toContain('  definition models.digits.name: words → digits');
    expect(changes(head).at(-1)).toBe('! check models.digits-2: models/digits → -');
  });

  test('names changed over crosswise: folders count', () => {
    const two = `version: 1\nmodels:\n  - { path: models/digits, name: a, limits: { size: { max: 1 kB } } }\n  - { path: models/words, name: b }\n`;
    const head = config(two.replace('name: a', 'name: c').replace('name: b', 'name: a').replace('name: c', 'name: b'));
    const gate = gateOf(config(two), head);
    expect(gate.models.map(({ path, limits }) => [path, limits.size.max])).toEqual([
      ['models/digits', 1000],
      ['models/words', undefined],
    ]);
  });

  test('a new variant has the limits of the model, not its own', () => {
    const head = config(
      edited(
        '      - float32\n',
        '      - float32\n      - { name: tiny, quantize: int4, engine: tensorflow, select-tf-ops: true, limits: { strict: false }, targets: [] }\n',
      ),
    );
    expect(changes(head)).toEqual([
      '  check models.digits.variants.tiny: - → int4',
      '! permission models.digits.variants.tiny.engine: native → tensorflow',
      '! permission models.digits.variants.tiny.select-tf-ops: false → true',
      '! limit models.digits.variants.tiny.limits.strict: true → false',
      '! check models.digits.variants.tiny.targets.litert: litert@2.10 → -',
      '! check models.digits.variants.tiny.targets.micro: micro → -',
    ]);
    const tiny = gateOf(base, head).models[0]?.variants.find(({ name }) => name === 'tiny');
    expect(tiny).toMatchObject({
      engine: 'native',
      selectTfOps: false,
      quantize: 'int4',
      limits: base.models[0]?.limits,
      targets: base.models[0]?.targets,
    });
  });
});

test('another letter case of a variant’s name is told, and nothing else is', () => {
  const head = config(edited('name: int8,', 'name: INT8,'));
  expect(changes(head)).toEqual(['  definition models.digits.variants.INT8.name: int8 → INT8']);
  const [model] = gateOf(base, head).models;
  expect(model?.variants.map(({ name }) => name)).toEqual(['float32', 'INT8']);
  expect(model?.variants[1]?.limits).toEqual(base.models[0]?.variants[1]?.limits);
});

describe('what the base permits', () => {
  const text = edited('min: 0.95', 'min: 0.5')
    .replace('fail-on:', 'allow-code: true\ncache: forged\nfail-on:')
    .replace('- float32', '- { engine: tensorflow }');
  const permissive = (extra: string): ExpandedConfig => config(`${BASE}${extra}`);
  const minimum = (of: ExpandedConfig | undefined, options?: GateOptions) => {
    const gate = gateOf(of, config(text), options);
    const variant = gate.models[0]?.variants[0];
    return [variant?.limits.metrics['top-1']?.min, gate.allowCode, gate.cache, variant?.engine];
  };

  test('limits of the head count by leave of the base or the run; code and other permissions never', () => {
    expect(minimum(base)).toEqual([{ absolute: 0.95 }, false, '.cache/tflite-gate', 'native']);
    expect(minimum(base, { allowLimitChanges: true })).toEqual([
      { absolute: 0.5 },
      false,
      '.cache/tflite-gate',
      'native',
    ]);
    expect(minimum(permissive('allow-limit-changes: true\n'))).toEqual([
      { absolute: 0.5 },
      false,
      '.cache/tflite-gate',
      'native',
    ]);
    expect(minimum(permissive('allow-limit-changes: true\n'), { allowLimitChanges: false })[0]).toEqual({
      absolute: 0.95,
    });
    expect(minimum(permissive('allow-code: true\n'))).toEqual([
      { absolute: 0.95 },
      true,
      '.cache/tflite-gate',
      'tensorflow',
    ]);
  });

  test('without a configuration in the base the limits are the head’s, and it permits nothing', () => {
    const none = expandConfig({ ...parseConfig('version: 1', 'x'), file: undefined }, FOLDERS);
    for (const before of [undefined, none]) {
      expect(minimum(before)).toEqual([{ absolute: 0.5 }, false, '.cache/tflite-gate', 'native']);
      expect(lines(diffGate(before, config(text)))).toEqual([
        '! permission allow-code: false → true',
        '! permission cache: .cache/tflite-gate → forged',
        '! permission models.digits.variants.float32.engine: native → tensorflow',
      ]);
    }
  });

  test('an engine that the base uses may be used by others', () => {
    const own = config(edited('models/words*', 'models/words*\n    engine: auto'));
    const head = config(edited('- float32', '- { engine: auto }'));
    expect(gateOf(own, head).models[0]?.variants[0]?.engine).toBe('auto');
  });
});

test('files that judge, and code', () => {
  const own = config(
    `version: 1\nallow-code: true\nmodels:\n  - path: models/digits\n    baseline: base.json\n    evaluate: { data: ./d.mjs, metrics: [top-1, ./m.mjs] }\n`,
  );
  const [model] = own.models as [ExpandedConfig['models'][number]];
  expect(judgingFiles(model)).toEqual([
    { role: 'data', path: 'd.mjs' },
    { role: 'metric', path: 'm.mjs' },
    { role: 'baseline', path: 'base.json' },
  ]);
  expect(codeModules(model)).toEqual(['d.mjs', 'm.mjs']);
  expect(contentChange('d.mjs', 'digits', 'sha256:1', 'sha256:2')).toMatchObject({ kind: 'data', loosened: true });
});
