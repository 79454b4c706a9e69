import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { readyRecipe, readyRecipes } from '#quantize/ready-recipes.js';
import { formatRecipe, parseRecipe, readRecipe } from '#quantize/recipe-file.js';

function problemOf(source: string): string {
  try {
    parseRecipe(source, 'my/recipe.yaml');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [found] = error.diagnostics;
    return `${found?.locations[0]?.line}: ${found?.detail} ${found?.help.join(' ')}`;
  }
  throw new Error('it is a recipe');
}

describe('a recipe’s file', () => {
  test('says what to do with all ops, and with some', () => {
    const source = `
summary: Keep the head exact
default: int8
weights: {algorithm: mse}
activations:
  algorithm: percentile
  percentile: 99.9
rules:
  - match: {op: FULLY_CONNECTED, layer: head/*}
    scheme: float32
  - match: {tensor: "*/logits"}
    granularity: per-tensor
options:
  bias-correction: true
  balanced-rounding: false
  cross-layer-equalization: true
  minimum-elements: 256
`;
    expect(parseRecipe(source, 'my/head.yml')).toEqual({
      name: 'head',
      summary: 'Keep the head exact',
      default: 'int8',
      weights: { algorithm: 'mse' },
      activations: { algorithm: 'percentile', percentile: 99.9 },
      rules: [
        { match: { op: 'FULLY_CONNECTED', layer: 'head/*' }, scheme: 'float32' },
        { match: { tensor: '*/logits' }, granularity: 'per-tensor' },
      ],
      options: {
        biasCorrection: true,
        balancedRounding: false,
        crossLayerEqualization: true,
        minimumElements: 256,
      },
    });
  });

  test.each([
    ['default: [', /^1: my\/recipe\.yaml is no recipe: /],
    ['rules: []', /^1: .*the recipe lacks `default`/],
    ['default: dynamics', /^1: .*`default` must be one of float32, .* Did you mean `dynamic`\?/],
    ['default: int8\nrule: []', /^2: .*the recipe has no field `rule`\. Did you mean `rules`\?/],
    ['default: int8\nrules: {}', /^2: .*`rules` must be a list/],
    ['default: int8\nrules:\n  - scheme: int8', /^3: .*`rules\[0\]` lacks `match`/],
    ['default: int8\nrules:\n  - match: {op: 3}', /^3: .*`rules\[0\]\.match\.op` must be text/],
    ['default: int8\nrules: [int8]', /^2: .*`rules\[0\]` must be a mapping/],
    ['default: int8\noptions: {bias-correction: 1}', /^2: .*`options\.bias-correction` must be true or false/],
    [
      'default: int8\nactivations: {percentile: 200}',
      /^2: .*`activations\.percentile` must be a number from 50 to 100/,
    ],
    ['default: int8\nweights: {bits: 5}', /^2: .*`weights\.bits` must be one of 4, 8/],
  ])('%j is refused with its line', (source, message) => {
    expect(problemOf(source)).toMatch(message);
  });

  test('a file that is not there is named', () => {
    expect(() => readRecipe('/no/such/recipe.yml')).toThrow(/\/no\/such\/recipe\.yml cannot be read/);
  });
});

describe('ready recipes', () => {
  test('there are five at least, with names and summaries of their own', () => {
    expect(readyRecipes.length).toBeGreaterThanOrEqual(5);
    expect(new Set(readyRecipes.map(({ name }) => name)).size).toBe(readyRecipes.length);
    expect(new Set(readyRecipes.map(({ summary }) => summary)).size).toBe(readyRecipes.length);
    expect(readyRecipe('compact')?.default).toBe('int4');
    expect(readyRecipe('none')).toBeUndefined();
  });

  test.each(readyRecipes.map((recipe) => [recipe.name, recipe] as const))(
    '%s is read back from its file',
    (_, recipe) => {
      expect(parseRecipe(formatRecipe(recipe), 'x.yml')).toEqual(recipe);
    },
  );
});
