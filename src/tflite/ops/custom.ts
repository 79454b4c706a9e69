import { InferenceError } from '#ir/graph.js';
import { defineTflOp } from '../define-op.js';

const noBytes: Uint8Array = new Uint8Array(0);

/** `custom_code` is the name under which the application registers the kernel; the result states its types. */
export const Custom = defineTflOp({
  name: 'custom',
  builtin: 'CUSTOM',
  summary: 'An op that the application brings along',
  options: { custom_code: '', custom_options: noBytes },
  operands: ['inputs*'],
  infer(op) {
    if (op.results.length === 0) throw new InferenceError('the types of the results must be stated');
    return op.results.map((result) => result.type);
  },
  kernels: [],
});
