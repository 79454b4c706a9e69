import { inferBranches, inferLoop, loopOf } from '#ir/control-flow.js';
import { type Op, Region, type Value } from '#ir/graph.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast } from './support/lower-elementwise.js';
import { dtypeOf, type OpView, shapeOf } from './support/types.js';

// The regions of these ops are lowered by the pass, after the ops themselves.

function whileLoop(name: string) {
  return defineTfOp({
    name,
    summary: 'Runs a body as long as a condition on its values holds',
    operands: ['input*'],
    regionAttributes: ['cond', 'body'],
    control: 'loop',
    infer: inferLoop,
    lower: (op, build) => {
      const [test] = loopOf(op).condition.outputs;
      if (dtypeOf(test) !== 'bool') {
        return unsupported('its condition is not bool', 'Compare in the condition: `x != 0` in place of `x`.');
      }
      return build.op(tfl.While, op.operands, {}, typesOf(op), op.regions).results;
    },
  });
}

export const While = whileLoop('While');
export const StatelessWhile = whileLoop('StatelessWhile');

function branch(name: string) {
  return defineTfOp({
    name,
    summary: 'Runs one of two bodies',
    operands: ['cond', 'input*'],
    regionAttributes: ['then_branch', 'else_branch'],
    control: 'branches',
    infer: inferBranches,
    lower: (op, build) => {
      const [condition, ...inputs] = op.operands as [Value, ...Value[]];
      const rank = shapeOf(condition)?.length ?? 0;
      if (rank > 0) {
        return unsupported(
          'its condition is no scalar: TensorFlow asks such a tensor whether it has elements',
          'Use `tf.size(x) > 0` as the condition.',
        );
      }
      const test = isTrue(build, condition);
      return build.op(tfl.If, [test, ...inputs], {}, typesOf(op), op.regions).results;
    },
  });
}

export const If = branch('If');
export const StatelessIf = branch('StatelessIf');

function typesOf(op: OpView) {
  return op.results.map(({ type }) => type);
}

/** A condition that is a number holds where that is not 0. */
function isTrue(build: LoweringBuilder, condition: Value): Value {
  if (tensorTypeOf(condition).dtype === 'bool') return condition;
  const zero = cast(build, build.int(0), tensorTypeOf(condition).dtype);
  return build.value(tfl.NotEqual, [condition, zero]);
}

function choice(name: string) {
  return defineTfOp({
    name,
    summary: 'Runs the body of this number, the last one for numbers that there are not',
    operands: ['branch_index', 'input*'],
    regionAttributes: ['branches'],
    control: 'cases',
    infer: inferBranches,
    lower: (op, build) => lowerCase(op, build),
  });
}

export const Case = choice('Case');
export const StatelessCase = choice('StatelessCase');

/** Nested IFs, which compare the index with one number after the other. A single body was inlined before. */
function lowerCase(op: Op, build: LoweringBuilder): Lowered {
  const [index, ...inputs] = op.operands as [Value, ...Value[]];
  const last = op.regions.length - 1;
  const types = typesOf(op);
  const chain = (within: LoweringBuilder, number: number, values: readonly Value[], at: Value): readonly Value[] => {
    const chosen = within.value(tfl.Equal, [at, within.int(number)]);
    const [here, next] = op.regions.slice(number) as [Region, Region];
    // The index goes along with the operands: further conditions need it.
    const others = number + 1 === last ? next : new Region([...values, at].map(({ type }) => type));
    for (const region of number + 1 === last ? [here, next] : [here]) region.addArg(at.type);
    if (number + 1 < last) {
      const operands = others.args.slice(0, -1);
      others.setOutputs(chain(build.inside(others), number + 1, operands, others.args.at(-1) as Value));
    }
    return within.op(tfl.If, [chosen, ...values, at], {}, types, [here, others]).results;
  };
  return chain(build, 0, inputs, index);
}
