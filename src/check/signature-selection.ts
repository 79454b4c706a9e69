import type { ModelEntry } from '#config/config.js';
import type { ConvertOptions } from '../index.js';

/** Which part of a SavedModel is meant, in which shapes. */
export type SignatureSelection = Pick<ConvertOptions, 'signatures' | 'tags' | 'inputShapes'>;

export function selectionOf({ signatures, tags, inputShapes }: ModelEntry): SignatureSelection {
  return { signatures, tags, inputShapes };
}
