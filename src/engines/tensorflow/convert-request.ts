import { fail } from '#diagnostics/diagnostic.js';
import type { Shape } from '#tensor/shape.js';
import type { ConversionOptions } from '../engine.js';

/** What `tensorflow-host.py` is asked to convert. */
export interface ConvertRequest {
  readonly kind: 'convert';
  readonly savedModel: string;
  readonly tags: readonly string[];
  /** Keys, at least one. */
  readonly signatures: readonly string[];
  /** By the input's name. */
  readonly inputShapes: Readonly<Record<string, Shape>>;
  readonly scheme: OfficialScheme;
  readonly ioType: string;
  readonly selectTfOps: boolean;
  /** The official converter allows all of them or none. */
  readonly allowCustomOps: boolean;
  /** Folder of samples; see `writeSamples`. */
  readonly samples: string | null;
  /** Where to write the model. */
  readonly output: string;
  /** A folder that does not exist, to write to. */
  readonly scratch: string;
}

const schemes = ['float32', 'dynamic', 'float16', 'int8', 'int8-only', 'int16x8'] as const;
export type OfficialScheme = (typeof schemes)[number];

/** Schemes for which the official converter runs the model on samples. */
const calibrated: readonly OfficialScheme[] = ['int8', 'int8-only', 'int16x8'];

export function needsSamples(scheme: OfficialScheme): boolean {
  return calibrated.includes(scheme);
}

/**
 * The official converter's scheme for options. Throws a DiagnosticError, `invalid-option`, that lists all that it has no
 * equivalent for.
 */
export function officialScheme(options: ConversionOptions): OfficialScheme {
  const {
    scheme = 'float32',
    recipe,
    calibration,
    saveCalibration,
    replacements,
    fuseRnn,
    explain,
    dumpPasses,
    verifyPasses,
  } = options;
  const foreign = [
    ...(recipe === undefined ? [] : [`the recipe ${recipe}`]),
    ...(calibration === undefined ? [] : ['ranges from a file']),
    ...(saveCalibration === undefined ? [] : ['saving ranges']),
    ...(replacements === undefined ? [] : ['replacement rules']),
    ...(fuseRnn ? ['fusing recurrent layers'] : []),
    ...(explain === undefined ? [] : ['explaining a pass']),
    ...(dumpPasses === undefined ? [] : ['dumping passes']),
    ...(verifyPasses ? ['checking after passes'] : []),
  ];
  const known = schemes.find((name) => name === scheme);
  if (known === undefined) foreign.push(`the scheme ${scheme}`);
  if (known === undefined || foreign.length > 0) {
    return fail('invalid-option', {
      detail: `The tensorflow engine cannot do this: ${foreign.join(', ')}. Its schemes are ${schemes.join(', ')}.`,
      help: [
        'Use the native engine for it.',
        'Or let the tensorflow engine make the float model, and quantize that `.tflite`.',
      ],
    });
  }
  if (needsSamples(known) && options.representativeData === undefined) {
    return fail('invalid-option', {
      detail: `The scheme ${known} quantizes activations, and nothing says in which ranges they lie.`,
      help: ['Give samples of real inputs: `--representative-data FILE.npz`. A hundred are enough.'],
    });
  }
  return known;
}
