import { type IoType, isStatic, type Recipe, type Rule, recipeOf } from '#quantize/recipe.js';

/** Also the constants of small layers; fewer elements would not pay for their scales. */
const SMALL = 64;

/**
 * One scheme for all of a model, and smaller variants; static schemes only where there is data for them, and only those
 * that can give inputs and outputs the type that is wanted.
 */
export function wholeRecipes(hasData: boolean, ioType: IoType = 'float32'): Recipe[] {
  const all: Recipe[] = [
    recipeOf('int4'),
    { ...recipeOf('int4'), name: 'int4-small', options: { minimumElements: SMALL } },
    { ...recipeOf('int8'), name: 'int8-weights-4', weights: { bits: 4 } },
    recipeOf('int8'),
    recipeOf('dynamic'),
    { ...recipeOf('dynamic'), name: 'dynamic-small', options: { minimumElements: SMALL } },
    recipeOf('weight-only'),
    recipeOf('int16x8'),
    recipeOf('float16'),
    recipeOf('float32'),
  ];
  const possible = all.filter((recipe) => hasData || !isStatic(recipe.default));
  if (ioType === 'float32') return possible;
  return possible.filter((recipe) => recipe.default === (ioType === 'int16' ? 'int16x8' : 'int8'));
}

/** A way to compute some layers more exactly than the rest. */
export interface Step {
  readonly name: string;
  readonly rule: Omit<Rule, 'match'>;
  /** It does nothing to layers but those with weights of so many bits; undefined where it may change any. */
  readonly weightBits?: 4 | 8;
}

const FLOAT: Step = { name: 'float32', rule: { scheme: 'float32' } };

/** How layers of a recipe can be made more exact, the cheapest first. */
export function stepsFrom(recipe: Recipe): readonly Step[] {
  if (recipe.default === 'int8') {
    return recipe.weights?.bits === 4
      ? [{ name: 'int8', rule: { scheme: 'int8', weights: { bits: 8 } }, weightBits: 4 }, FLOAT]
      : [{ name: 'int16x8', rule: { scheme: 'int16x8' } }, FLOAT];
  }
  if (recipe.default === 'int4') return [{ name: 'dynamic', rule: { scheme: 'dynamic' }, weightBits: 4 }, FLOAT];
  if (recipe.default === 'dynamic') {
    return [{ name: 'weight-only', rule: { scheme: 'weight-only' }, weightBits: 8 }, FLOAT];
  }
  if (recipe.default === 'weight-only' || recipe.default === 'int16x8') return [FLOAT];
  return [];
}

/** The recipe with a step for the layers that give these tensors. */
export function raised(recipe: Recipe, step: Step, tensors: readonly string[]): Recipe {
  const layers = tensors.length === 1 ? 'layer' : 'layers';
  return {
    ...recipe,
    name: `${recipe.name}, ${tensors.length} ${layers} ${step.name}`,
    rules: [...recipe.rules, ...tensors.map((tensor): Rule => ({ match: { tensor }, ...step.rule }))],
  };
}
