import type { OpRegistry } from '#ir/parse.js';
import { tflOpByName } from '#tflite/ops/index.js';

/** Resolves `tfl.…` in the text form. */
export const tflDialect: OpRegistry = (name) =>
  name.startsWith('tfl.') ? tflOpByName.get(name.slice('tfl.'.length)) : undefined;
