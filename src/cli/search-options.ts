import type { Option } from './command.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';

/** What stands for a scheme where the smallest model is looked for. */
export const AUTO = 'auto';

/** What a search goes by. */
export interface SearchSettings {
  readonly evaluateData: string;
  /** A metric's name. */
  readonly metric: string;
  readonly maxDrop: number;
  readonly maxTrials: number;
  /** Where the recipe that was found is written. */
  readonly saveRecipe: string | undefined;
}

export const searchOptions: readonly Option[] = [
  {
    name: 'evaluate-data',
    argument: 'PATH',
    summary: 'For `--quantize auto`: samples that models are judged on; for `top-1` with an array `label` of integers.',
  },
  {
    name: 'metric',
    argument: 'NAME',
    summary:
      'For `--quantize auto`: how outputs fit labels (`top-1`, `f1`, `roc-auc`, `mean-iou`, `map` …) or those of the float model (`cosine`, `sqnr`, `mae`, `rmse`, `agreement` …), or a module (.mjs). Default: top-1.',
  },
  {
    name: 'max-drop',
    argument: 'NUMBER',
    summary:
      'For `--quantize auto`: what may be lost: of accuracy (0.01 is a point), as `mae` or `rmse`, of a cosine of 1, or, for `sqnr`, as noise to signal power (0.01 is 20 dB). Default: 0.01.',
  },
  { name: 'max-trials', argument: 'N', summary: 'For `--quantize auto`: how many models are made. Default: 24.' },
  { name: 'save-recipe', argument: 'FILE', summary: 'For `--quantize auto`: write the recipe that was found.' },
];

/** The settings where `auto` is among the schemes. Throws a DiagnosticError where options do not go together. */
export function parseSearch(args: Arguments, schemes: readonly string[]): SearchSettings | undefined {
  if (!schemes.includes(AUTO)) {
    const stray = searchOptions.find(({ name }) => args.has(name));
    if (stray) wrongUsage('convert', `--${stray.name} needs --quantize auto.`);
    return undefined;
  }
  if (schemes.length > 1) wrongUsage('convert', '--quantize auto tries all schemes and excludes others.');
  const evaluateData =
    args.one('evaluate-data') ??
    wrongUsage('convert', '--quantize auto needs samples to judge models on: --evaluate-data PATH is missing.');
  return {
    evaluateData,
    metric: args.one('metric') ?? 'top-1',
    maxDrop: parseNumber(args, 'max-drop', 0.01, (value) => value >= 0, 'a number of 0 or more'),
    maxTrials: parseNumber(args, 'max-trials', 24, (value) => Number.isSafeInteger(value) && value > 0, 'a count'),
    saveRecipe: args.one('save-recipe'),
  };
}

function parseNumber(
  args: Arguments,
  name: string,
  fallback: number,
  fits: (value: number) => boolean,
  what: string,
): number {
  const text = args.one(name);
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return fits(value) ? value : wrongUsage('convert', `--${name} ${text} is not ${what}.`);
}
