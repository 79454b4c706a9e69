import { fail } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';

/** Where in the model something stands, for diagnostics. */
export interface ImportPlace {
  readonly file?: string | undefined;
  readonly signature?: string | undefined;
  /** Name of a tensor. */
  readonly node?: string | undefined;
}

function locationsOf({ file, signature, node }: ImportPlace): Location[] {
  const location: Location = {
    ...(file === undefined ? {} : { file }),
    ...(signature === undefined ? {} : { signature }),
    ...(node === undefined || node === '' ? {} : { node }),
  };
  return Object.keys(location).length === 0 ? [] : [location];
}

/** The file contradicts itself. */
export function failInvalid(place: ImportPlace, problem: string): never {
  fail('invalid-tflite', { detail: `${place.file ?? 'The model'}: ${problem}.`, locations: locationsOf(place) });
}

/** The file is sound, but has something that cannot be kept. */
export function failUnsupported(place: ImportPlace, problem: string, ...help: readonly string[]): never {
  fail('unsupported-model', {
    detail: `${place.file ?? 'The model'}: ${problem}.`,
    locations: locationsOf(place),
    help,
  });
}
