import { inferBranches, inferLoop } from '#ir/control-flow.js';
import { defineTflOp } from '../define-op.js';

/** The indices of the subgraphs are set on export; before it the bodies are the op's regions: then, else. */
export const If = defineTflOp({
  name: 'if',
  builtin: 'IF',
  summary: 'Runs one of two bodies',
  options: { then_subgraph_index: 0, else_subgraph_index: 0 },
  operands: ['condition', 'inputs*'],
  control: 'branches',
  infer: inferBranches,
  kernels: ['bool'],
});

/** Its bodies are its regions: the condition, then the body proper. */
export const While = defineTflOp({
  name: 'while',
  builtin: 'WHILE',
  summary: 'Runs a body as long as a condition on its values holds',
  options: { cond_subgraph_index: 0, body_subgraph_index: 0 },
  operands: ['inputs*'],
  control: 'loop',
  infer: inferLoop,
  kernels: [],
});

/** Its body is its region. */
export const CallOnce = defineTflOp({
  name: 'call_once',
  builtin: 'CALL_ONCE',
  summary: 'Runs a body without inputs or outputs in the first run of the model',
  options: { init_subgraph_index: 0 },
  operands: [],
  sideEffects: true,
  infer: () => [],
  kernels: [],
});
