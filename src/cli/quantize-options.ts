import type { RuntimeSettings } from '#index.js';
import type { Option } from './command.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import { parseRuntime, runtimeOption } from './runtime-options.js';
import { AUTO, parseSearch, type SearchSettings, searchOptions } from './search-options.js';

/** One way to quantize a model. */
export interface Variant {
  /** The scheme or recipe, for the name of the file where there are several. */
  readonly name: string;
  /** A scheme's name, or undefined for a recipe. */
  readonly scheme: string | undefined;
  /** A ready recipe's name or a YAML file. */
  readonly recipe: string | undefined;
  readonly representativeData: string | undefined;
  readonly calibration: string | undefined;
  readonly saveCalibration: string | undefined;
  readonly ioType: string | undefined;
  /** What runs models on the way. */
  readonly runtime: RuntimeSettings | undefined;
  /** What a search for the smallest model goes by; in place of scheme and recipe. */
  readonly search?: SearchSettings;
}

export const quantizeOptions: readonly Option[] = [
  {
    name: 'quantize',
    argument: 'SCHEME,…',
    repeated: true,
    summary:
      'Quantize: `dynamic`, `weight-only`, `float16`, `int8`, `int8-only`, `int16x8` or `int4`; of several, each makes a file. Or `auto`: the smallest that is good enough.',
  },
  {
    name: 'recipe',
    argument: 'NAME|FILE',
    summary: 'Quantize as a recipe says: a ready one, or a YAML file with rules for some of the ops.',
  },
  {
    name: 'representative-data',
    argument: 'PATH',
    summary:
      'Samples of inputs, for schemes that quantize activations: .npz, .npy, .tfrecord, a folder of images; or `random`.',
  },
  { name: 'calibration', argument: 'FILE', summary: 'Ranges that were saved, in place of samples.' },
  { name: 'save-calibration', argument: 'FILE', summary: 'Write the ranges that were found as JSON.' },
  {
    name: 'io-type',
    argument: 'TYPE',
    summary: 'Type of the inputs and outputs that are float: `float32`, `int8`, `uint8` or `int16`. Default: float32.',
  },
  runtimeOption,
  ...searchOptions,
];

/** The variants that are asked for; none for a float model. Throws a DiagnosticError where options do not go together. */
export function parseVariants(args: Arguments): Variant[] {
  const schemes = args.all('quantize').flatMap((list) => list.split(',').map((scheme) => scheme.trim()));
  const recipe = args.one('recipe');
  const [data, calibration, save] = ['representative-data', 'calibration', 'save-calibration'].map((name) =>
    args.one(name),
  );
  if (schemes.length > 0 && recipe !== undefined) {
    wrongUsage('convert', '--quantize and --recipe exclude each other.', 'A recipe names its own schemes.');
  }
  if (data !== undefined && calibration !== undefined) {
    wrongUsage('convert', '--representative-data and --calibration exclude each other.');
  }
  const common = {
    representativeData: data,
    calibration,
    saveCalibration: save,
    ioType: args.one('io-type'),
    runtime: args.has('runtime') ? parseRuntime('convert', args) : undefined,
  };
  const search = parseSearch(args, schemes);
  if (search) return [{ name: AUTO, scheme: undefined, recipe: undefined, ...common, search }];
  if (recipe !== undefined) return [{ name: 'recipe', scheme: undefined, recipe, ...common }];
  const [stray] = Object.entries(common).filter(([, value]) => value !== undefined);
  if (schemes.length === 0 && stray) {
    wrongUsage(
      'convert',
      `--${stray[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} needs --quantize or --recipe.`,
    );
  }
  const twice = schemes.find((scheme, i) => schemes.indexOf(scheme) !== i);
  if (twice !== undefined) wrongUsage('convert', `--quantize ${twice} is given twice.`);
  return schemes.map((scheme) => ({ name: scheme, scheme, recipe: undefined, ...common }));
}
