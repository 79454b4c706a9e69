import { InferenceError, type Op } from '#ir/graph.js';
import { sameType, type Type, tensorType } from '#ir/type.js';
import { meetShape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';

/** A type that both values fit. */
function meetTypes(a: Type, b: Type): Type {
  if (a.kind !== 'tensor' || b.kind !== 'tensor') {
    if (a.kind !== b.kind) throw new InferenceError(`${a.kind} and ${b.kind} take the same place`);
    return a;
  }
  if (a.dtype !== b.dtype) throw new InferenceError(`${a.dtype} and ${b.dtype} take the same place`);
  return sameType(a, b) ? a : tensorType(a.dtype, meetShape(a.shape, b.shape), a.quantization);
}

function outputTypes(op: Pick<Op, 'regions'>, index: number): readonly Type[] {
  const region = op.regions[index];
  if (!region) throw new InferenceError(`body ${index} is missing`);
  return region.outputs.map((value) => value.type);
}

/** Types of two lists, place by place. */
function meetAll(a: readonly Type[], b: readonly Type[]): readonly Type[] {
  if (a.length !== b.length) throw new InferenceError(`${a.length} values against ${b.length}`);
  return a.map((type, i) => meetTypes(type, b[i] as Type));
}

/** The indices of the subgraphs are set on export; before it the bodies are the op's regions: then, else. */
export const If = defineTflOp({
  name: 'if',
  builtin: 'IF',
  summary: 'Runs one of two bodies',
  options: { then_subgraph_index: 0, else_subgraph_index: 0 },
  operands: ['condition', 'inputs*'],
  infer: (op): readonly Type[] => meetAll(outputTypes(op, 0), outputTypes(op, 1)),
  kernels: ['bool'],
});

/** Its bodies are its regions: the condition, then the body proper. */
export const While = defineTflOp({
  name: 'while',
  builtin: 'WHILE',
  summary: 'Runs a body as long as a condition on its values holds',
  options: { cond_subgraph_index: 0, body_subgraph_index: 0 },
  operands: ['inputs*'],
  infer(op): readonly Type[] {
    const inputs = op.operands.map((operand, i) => {
      if (!operand) throw new InferenceError(`operand ${i} is missing`);
      return operand.type;
    });
    return meetAll(inputs, outputTypes(op, 1));
  },
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
