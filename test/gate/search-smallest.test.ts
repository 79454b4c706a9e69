import { describe, expect, test } from '@jest/globals';
import { raised, stepsFrom, wholeRecipes } from '#gate/candidate-recipes.js';
import { type Candidate, type Refusal, type SearchResult, searchSmallest } from '#gate/search-smallest.js';
import { type Recipe, recipeOf } from '#quantize/recipe.js';

/** Layers of a made-up model: how much each loses in 4 bits, and what 8 or 32 bits of it cost. */
const LAYERS = [
  { tensor: 'worst', damage: 0.5, bytes: 10 },
  { tensor: 'big', damage: 0.2, bytes: 40 },
  { tensor: 'bad', damage: 0.1, bytes: 10 },
  { tensor: 'good', damage: 0.001, bytes: 10 },
];

/** Layers that 8-bit weights change nothing of. */
const OTHERS = [
  { tensor: 'in 8 bits already', damage: 0.4, weightBits: 8 as const },
  { tensor: 'without weights', damage: 0.3, weightBits: undefined },
];

/** Sums up losses and sizes; all but 4-bit weights lose nothing. */
function make(recipe: Recipe): Candidate | Refusal {
  if (recipe.default === 'int16x8') return { refused: 'no such kernel' };
  let [bytes, drop] = [100, 0];
  for (const layer of LAYERS) {
    const rule = recipe.rules.findLast(({ match }) => match.tensor === layer.tensor);
    const scheme = rule?.scheme ?? recipe.default;
    if (scheme === 'int4') drop += layer.damage;
    bytes += layer.bytes * { int4: 1, dynamic: 2, int8: 2 }[scheme as 'int4'] || layer.bytes * 8;
  }
  return {
    bytes,
    measure: async () => ({ value: 1 - drop, drop }),
    layers: async () => [...LAYERS.map((layer) => ({ ...layer, weightBits: 4 as const })), ...OTHERS],
  };
}

function search(names: readonly Recipe['default'][], maxDrop: number, maxTrials = 24): Promise<SearchResult> {
  return searchSmallest(names.map(recipeOf), { maxDrop, maxTrials, make: async (recipe) => make(recipe) });
}

const lines = ({ trials }: SearchResult) =>
  trials.map(({ recipe, bytes, outcome }) => `${recipe.name}: ${bytes ?? '–'} ${outcome}`);

describe('search for the smallest model', () => {
  test('the smallest whole model holds: nothing else is run', async () => {
    const result = await search(['float32', 'int8', 'int4'], 1);
    expect(lines(result)).toEqual(['int4: 170 holds', 'int8: 240 larger', 'float32: 660 larger']);
    expect(result.best?.recipe.name).toBe('int4');
  });

  test('as few layers as hold are raised, and none that is not needed', async () => {
    const result = await search(['int4', 'int8', 'int16x8'], 0.25);
    expect(lines(result)).toEqual([
      'int16x8: – refused',
      'int4: 170 fails',
      'int8: 240 holds',
      'int4, 1 layer dynamic: 180 fails',
      'int4, 2 layers dynamic: 220 holds',
      'int4, 2 layers dynamic: 190 holds',
      'int4, 2 layers dynamic: 190 larger',
      'int4, 1 layer float32: 240 larger',
      'int4, 1 layer float32: 450 larger',
      'int4, 1 layer float32: 240 larger',
      'int4, 1 layer float32: 240 larger',
      // Those on which only this step has an effect.
      'int4, 1 layer float32: 170 fails',
      'int4, 2 layers float32: 170 fails',
    ]);
    expect(result.best?.bytes).toBe(190);
  });

  test('of layers that would do, those that make the smaller file', async () => {
    // The big one is more damaged, but costs more.
    const result = await search(['int4', 'int8'], 0.205);
    expect(result.best?.recipe.rules.map(({ match }) => match.tensor)).toEqual(['worst', 'bad']);
    expect(result.best?.bytes).toBe(190);
  });

  test('the budget of trials ends it, also without a result', async () => {
    const result = await search(['int4', 'int8'], 0.205, 1);
    expect(lines(result)).toEqual(['int4: 170 fails']);
    expect(result.best).toBeUndefined();
    expect((await search(['int4', 'int8'], 0.205, 4)).trials).toHaveLength(4);
  });

  test('a loss that is no number holds no budget', async () => {
    const candidate = {
      bytes: 1,
      measure: async () => ({ value: Number.NaN, drop: Number.NaN }),
      layers: async () => [],
    };
    const { best } = await searchSmallest([recipeOf('int4')], {
      maxDrop: 1,
      maxTrials: 9,
      make: async () => candidate,
    });
    expect(best).toBeUndefined();
  });

  test('is the same each time', async () => {
    expect(await search(['int4', 'int8'], 0.205)).toEqual(await search(['int4', 'int8'], 0.205));
  });
});

describe('recipes to start from', () => {
  test('have names of their own; without data none quantizes activations ahead', () => {
    const names = wholeRecipes(true).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(wholeRecipes(false).map((recipe) => recipe.default)).not.toContain('int8');
    expect(names).toContain('int8');
    expect(wholeRecipes(true, 'uint8').map(({ name }) => name)).toEqual(['int8-weights-4', 'int8']);
    expect(wholeRecipes(true, 'int16').map(({ name }) => name)).toEqual(['int16x8']);
  });

  test('steps change the treatment of single layers', () => {
    const recipe = wholeRecipes(true).find(({ name }) => name === 'int8-weights-4') as Recipe;
    const [step] = stepsFrom(recipe);
    expect(raised(recipe, step as NonNullable<typeof step>, ['a', 'b'])).toEqual({
      ...recipe,
      name: 'int8-weights-4, 2 layers int8',
      rules: ['a', 'b'].map((tensor) => ({ match: { tensor }, scheme: 'int8', weights: { bits: 8 } })),
    });
    expect(stepsFrom(recipeOf('float32'))).toEqual([]);
  });
});
