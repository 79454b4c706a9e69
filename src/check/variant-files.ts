import { RANDOM } from '#config/choices.js';
import type { VariantConfig } from '#config/config.js';

/** Whether a recipe is a file, and not one that comes along. */
export function isRecipeFile(recipe: string): boolean {
  return /\.(ya?ml|json)$/i.test(recipe);
}

/** Whether replacement rules are a file, and not one that comes along. */
export function isRuleFile(source: string): boolean {
  return /\.(ya?ml|json|[cm]?js)$/i.test(source);
}

/** Files of the repository that say how a variant is made, relative to its root. */
export function variantFiles({ recipe, representativeData, calibration, replacements }: VariantConfig): string[] {
  return [
    ...(recipe !== undefined && isRecipeFile(recipe) ? [recipe] : []),
    ...(representativeData !== undefined && representativeData !== RANDOM ? [representativeData] : []),
    ...(calibration === undefined ? [] : [calibration]),
    ...replacements.filter(isRuleFile),
  ];
}
