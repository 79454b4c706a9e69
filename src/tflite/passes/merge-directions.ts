import { constantOf } from '#ir/constant.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { done, noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Concatenation } from '../ops/joining.js';
import {
  BidirectionalSequenceLstm,
  BidirectionalSequenceRnn,
  UnidirectionalSequenceLstm,
  UnidirectionalSequenceRnn,
} from '../ops/recurrent.js';
import { ReverseV2 } from '../ops/shape.js';
import { reversedAxes } from './cancel-reversals.js';

// biome-ignore lint/suspicious/noExplicitAny: definitions with all kinds of options
type AnyDefinition = OpDefinition<any>;

const oneDirection: readonly AnyDefinition[] = [UnidirectionalSequenceLstm, UnidirectionalSequenceRnn];

/** Operands of a recurrent op that are its states. */
const states: ReadonlyMap<AnyDefinition, readonly number[]> = new Map([
  [UnidirectionalSequenceLstm, [18, 19]],
  [UnidirectionalSequenceRnn, [4]],
]);

const bothDirections: Rewrite = {
  name: 'both-directions',
  anchors: oneDirection,
  rewrite(op, build) {
    const found = partnerOf(op);
    if (!found) return noMatch('no such layer goes through the same sequence in the other direction');
    const [forward, backward] = found;
    const other = op === forward ? backward : forward;
    if (!standsBefore(op, other)) return noMatch('it is joined to the other one, which stands before it');
    if (![forward, backward].every(hasConstantWeights)) return noMatch('its weights are computed');
    if ([forward, backward].some(hasMore)) return noMatch('it has weights that an op of two directions does not take');
    const joined = join(forward, backward, build.fuse(other));
    const axis = build.constant(Tensor.int32([stepAxis(op)]));
    const results = new Map([
      [forward, joined.result(0)],
      [backward, build.value(ReverseV2, [joined.result(1), axis], {})],
    ]);
    build.editor.replace(other, [results.get(other)]);
    return [results.get(op) as Value];
  },
};

/** This layer and the one in the other direction: the one that begins with the first step comes first. */
function partnerOf(op: Op): readonly [Op, Op] | undefined {
  const source = sourceOfReversed(op);
  const forward = source?.users.find((user) => isOp(user) && areAlike(user, op) && user.operand(0) === source);
  if (forward) return [forward as Op, op];
  for (const user of op.operand(0).users) {
    if (!isOp(user) || !user.is(ReverseV2)) continue;
    const backward = user.result().users.find((each) => isOp(each) && areAlike(each, op) && sourceOfReversed(each));
    if (backward) return [op, backward as Op];
  }
  return undefined;
}

/** The sequence that an op takes from its end. */
function sourceOfReversed(op: Op): Value | undefined {
  const reversal = op.operand(0).producer;
  return String(reversedAxes(reversal)) === String(stepAxis(op)) ? reversal?.operand(0) : undefined;
}

function isOp(user: unknown): user is Op {
  return typeof user === 'object' && user !== null && 'definition' in user;
}

function stepAxis({ attributes }: Op): number {
  return attributes['time_major'] ? 0 : 1;
}

/** Whether both are one kind of layer, of those that two of can be one op. */
function areAlike(a: Op, b: Op): boolean {
  if (a === b || a.definition !== b.definition || !oneDirection.includes(a.definition)) return false;
  return Object.entries(a.attributes).every(([name, value]) => b.attributes[name] === value);
}

function standsBefore(op: Op, other: Op): boolean {
  for (let next = op.next; next; next = next.next) if (next === other) return true;
  return false;
}

/** So that they can stand in front of the first of both ops. */
function hasConstantWeights(op: Op): boolean {
  return op.operands.slice(1).every((operand) => !operand || constantOf(operand));
}

/** Layer normalization, or recurrent weights of which only the diagonal is kept. */
function hasMore({ operands, attributes }: Op): boolean {
  return operands.slice(20).some(Boolean) || attributes['diagonal_recurrent_tensors'] === true;
}

function join(forward: Op, backward: Op, build: RewriteBuilder): Op {
  const own = (op: Op, wanted: (index: number) => boolean): (Value | undefined)[] =>
    op.operands.flatMap((operand, i) => {
      if (i === 0 || !wanted(i)) return [];
      const constant = constantOf(operand);
      return [constant && build.constant(constant)];
    });
  const { time_major, fused_activation_function, asymmetric_quantize_inputs } = forward.attributes;
  const attributes = { time_major, fused_activation_function, asymmetric_quantize_inputs };
  const input = forward.operand(0);
  if (forward.is(UnidirectionalSequenceRnn)) {
    const operands = [input, ...own(forward, () => true), ...own(backward, () => true)];
    const options = { ...BidirectionalSequenceRnn.options, ...attributes };
    return build.op(BidirectionalSequenceRnn as AnyDefinition, operands, options) as Op;
  }
  const isState = (i: number): boolean => states.get(forward.definition)?.includes(i) === true;
  const isShared = (i: number): boolean => i < 18;
  const { cell_clip, proj_clip } = forward.attributes;
  const weights = [...own(forward, isShared), ...own(backward, isShared)];
  const operands = [input, ...weights, ...own(forward, isState), ...own(backward, isState)];
  const options = { ...BidirectionalSequenceLstm.options, ...attributes, cell_clip, proj_clip };
  return build.op(BidirectionalSequenceLstm as AnyDefinition, operands, options) as Op;
}

/** The kernel can write both results into one tensor, side by side. */
const joinedResults: Rewrite = {
  name: 'joined-results',
  anchors: [Concatenation],
  rewrite(op, build) {
    const both = op.operands[0]?.producer;
    const isBoth = both?.isOneOf(BidirectionalSequenceLstm) || both?.isOneOf(BidirectionalSequenceRnn);
    if (!both || !isBoth || op.operands.length !== 2) return noMatch('it does not join two directions of a layer');
    if (!both.results.every((result, i) => op.operand(i) === result && result.hasOneUse)) {
      return noMatch('it is not the forward and the backward result, or not all that takes them');
    }
    const { axis, fused_activation_function } = op.attributes;
    if ((axis !== 2 && axis !== -1) || fused_activation_function !== 'NONE') {
      return noMatch('it joins along another axis than that of the units, or activates');
    }
    if (misplacesStates(both)) return noMatch('its kernel would mix up the states of several sequences');
    const options = { ...both.attributes, merge_outputs: true };
    const joined = build.fuse(both).op(both.definition as AnyDefinition, both.operands, options);
    build.editor.replace(op, [joined.result()]);
    build.editor.erase(both);
    return done;
  },
};

/** LiteRT's kernel (`lstm_eval.cc`) steps through the states of sequences by the width of its output, here twice theirs. */
function misplacesStates(both: Op): boolean {
  if (!both.isOneOf(BidirectionalSequenceLstm) || both.attributes['time_major']) return false;
  const { type } = both.operand(BidirectionalSequenceLstm.stateOperands[0] as number);
  return type.kind !== 'tensor' || type.shape?.[0] !== 1;
}

export const mergeDirections = rewritePass({
  name: 'merge-directions',
  summary: 'Makes BIDIRECTIONAL_SEQUENCE_LSTM or _RNN of two recurrent ops over one sequence, one from its end.',
  rewrites: [bothDirections, joinedResults],
});
