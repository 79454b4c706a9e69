import { InferenceError, type Op } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';

const noBytes: Uint8Array = new Uint8Array(0);

/** `custom_code` is the name under which the application registers the kernel; the result states its types. */
export const Custom = defineTflOp({
  name: 'custom',
  builtin: 'CUSTOM',
  summary: 'An op that the application brings along',
  options: { custom_code: '', custom_options: noBytes },
  operands: ['inputs*'],
  infer: statedTypes,
  kernels: [],
});

function statedTypes({ results, definition }: Pick<Op, 'results' | 'definition'>): readonly Type[] {
  if (results.length === 0 && !definition.sideEffects)
    throw new InferenceError('the types of the results must be stated');
  return results.map((result) => result.type);
}
