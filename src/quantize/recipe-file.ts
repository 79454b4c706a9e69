import {
  type DocumentKind,
  flag,
  formatYaml,
  listOf,
  mapping,
  number,
  oneOf,
  parseYaml,
  readText,
  text,
} from '#diagnostics/yaml-file.js';
import { activationAlgorithms, granularities, type Recipe, schemes, weightAlgorithms } from './recipe.js';

const weights = mapping({ algorithm: oneOf(weightAlgorithms), bits: oneOf([4, 8]) });
const activations = mapping({
  algorithm: oneOf(activationAlgorithms),
  percentile: number(50, 100),
  momentum: number(0, 1),
});
const forSome = { granularity: oneOf(granularities), weights, activations };
const recipe = mapping(
  {
    name: text,
    summary: text,
    default: oneOf(schemes),
    ...forSome,
    rules: listOf(
      mapping({ match: mapping({ op: text, layer: text, tensor: text }), scheme: oneOf(schemes), ...forSome }, [
        'match',
      ]),
    ),
    options: mapping({
      'bias-correction': flag,
      'adaptive-rounding': flag,
      'balanced-rounding': flag,
      'wide-states': flag,
      'cross-layer-equalization': flag,
      'minimum-elements': number(1, Infinity),
    }),
  },
  ['default'],
);

const kind: DocumentKind = { code: 'invalid-option', noun: 'recipe' };

/**
 * The recipe that a YAML text describes; `file` is for messages and gives the name where the text does not. Throws a
 * DiagnosticError, `invalid-option`, that names the line.
 */
export function parseRecipe(source: string, file: string): Recipe {
  const record = parseYaml(source, file, kind, recipe) as Partial<Recipe> & Pick<Recipe, 'default'>;
  return { name: nameOf(file), rules: [], options: {}, ...record };
}

/** Reads a recipe's file. Throws a DiagnosticError where it cannot be read or is no recipe. */
export function readRecipe(path: string): Recipe {
  return parseRecipe(readText(path), path);
}

/** The YAML text of a recipe, which `parseRecipe` reads back. */
export function formatRecipe(recipe: Recipe): string {
  return formatYaml(recipe);
}

function nameOf(file: string): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return base.replace(/\.ya?ml$/, '');
}
