import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { Tensor } from '#tensor/tensor.js';
import { FullyConnected } from '../ops/matmul.js';
import { Reshape, ReverseV2, Transpose } from '../ops/shape.js';
import type { Gate, RecurrentCell } from './recurrent-cell.js';

/** The sequence before its projections, and each gate's weights and bias. */
export interface Inputs {
  readonly input: Value;
  /** What is done to the projections before the loop, to be done to the input: first the last one. */
  readonly moves: readonly Op[];
  readonly gates: readonly { readonly weights: Tensor; readonly recurrent: Tensor; readonly bias: Tensor }[];
}

/** A sequence of rows where its moves begin: the steps are its first axis, or its second. */
export interface Sequence {
  readonly value: Value;
  readonly stepsFirst: boolean;
  /** Whether the layer takes the last step first. */
  readonly reversed: boolean;
}

interface Projection {
  readonly input: Value;
  readonly moves: readonly Op[];
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
}

/** What a cell is given, if its gates are products of one sequence with constant weights. */
export function inputsOf({ gates, units }: RecurrentCell): Inputs | undefined {
  let common: Projection | undefined;
  const parts: Inputs['gates'][number][] = [];
  for (const gate of gates) {
    const projection = projectionOf(gate.sequence);
    if (!projection || (common && !sameInput(common, projection, gate, gates[0] as Gate))) return undefined;
    common ??= projection;
    const features = projection.weights.shape[1] as number;
    const weights = (projection.weights.data as Float32Array).slice(
      gate.first * features,
      (gate.first + units) * features,
    );
    const bias = gate.bias.map((value, i) => value + Number(projection.bias?.data[gate.first + i] ?? 0));
    parts.push({
      weights: Tensor.float32(weights, [units, features]),
      recurrent: Tensor.float32(gate.recurrent, [units, units]),
      bias: Tensor.float32(bias),
    });
  }
  return common && { input: common.input, moves: common.moves, gates: parts };
}

function sameInput(a: Projection, b: Projection, gate: Gate, first: Gate): boolean {
  return gate.sequence === first.sequence || (a.input === b.input && a.moves.length + b.moves.length === 0);
}

/** The matrix product that a sequence is, moved about as a whole afterwards. */
function projectionOf(sequence: Value): Projection | undefined {
  const moves: Op[] = [];
  let value = sequence;
  for (let op = value.producer; op && movesRows(op); op = value.producer) {
    moves.push(op);
    value = op.operand(0);
  }
  const product = value.producer;
  if (!product?.is(FullyConnected) || product.attributes.fused_activation_function !== 'NONE') return undefined;
  const weights = constantOf(product.operand(1));
  const bias = product.operands[2] && constantOf(product.operands[2]);
  if (weights?.dtype !== 'float32' || (product.operands[2] && bias?.dtype !== 'float32')) return undefined;
  const input = product.operand(0);
  const [from, to] = [shapeOf(input), shapeOf(value)];
  if (from?.at(-1) !== weights.shape[1]) return undefined;
  // Else the product has laid out the rows anew as well.
  if (String(from?.slice(0, -1)) !== String(to?.slice(0, -1))) return undefined;
  return { input, moves, weights, bias };
}

/** Whether an op leaves the last axis, that of the features, as it is. */
function movesRows(op: Op): boolean {
  const [from, to] = [op.operands[0] && shapeOf(op.operands[0]), op.results[0] && shapeOf(op.results[0])];
  if (!from || !to || from.at(-1) !== to.at(-1)) return false;
  if (op.is(Reshape)) return [from, to].every((shape) => shape.filter((size) => size === null).length <= 1);
  const axes = op.isOneOf(Transpose, ReverseV2) ? axesOf(op) : undefined;
  if (!axes) return false;
  return op.is(Transpose) ? axes.at(-1) === from.length - 1 : !axes.includes(from.length - 1);
}

/**
 * Follows a sequence of `steps` × `batch` rows back to where it is no longer only moved about: through the moves, which
 * have to be understood, and on from the input. Undefined where they do more than turn the sequence around, or let its
 * first two axes change places.
 */
export function sequenceOf({ input, moves }: Inputs, { steps, batch }: RecurrentCell): Sequence | undefined {
  let layout: Layout | undefined = { stepsFirst: true, reversed: false };
  for (const move of moves) layout = layout && layoutBefore(move, layout, steps, batch);
  if (!layout) return undefined;
  let value = input;
  for (let op = value.producer; op && movesRows(op); op = value.producer) {
    const before = layoutBefore(op, layout, steps, batch);
    if (!before) break;
    layout = before;
    value = op.operand(0);
  }
  return { value, ...layout };
}

type Layout = Omit<Sequence, 'value'>;

/** How the operand of a move is laid out, of whose result this is known. */
function layoutBefore(move: Op, layout: Layout, steps: number | null, batch: number): Layout | undefined {
  const shape = shapeOf(move.operand(0)) as readonly (number | null)[];
  if (batch === 1) {
    // However a single sequence is written, its rows are neighbours.
    if (move.is(Reshape)) return layout;
    const sizes = move.is(ReverseV2) ? axesOf(move)?.map((axis) => shape[axis]) : undefined;
    if (!sizes?.every((size) => size === 1 || size === steps)) return undefined;
    const turned = sizes.filter((size) => size === steps).length % 2 === 1;
    return turned ? { ...layout, reversed: !layout.reversed } : layout;
  }
  const axes = shape.length === 3 ? axesOf(move) : undefined;
  if (move.is(Transpose) && String(axes) === '1,0,2') return { ...layout, stepsFirst: !layout.stepsFirst };
  if (!move.is(ReverseV2) || axes?.length !== 1 || axes[0] !== (layout.stepsFirst ? 0 : 1)) return undefined;
  return { ...layout, reversed: !layout.reversed };
}

/** The constant axes that an op is given, counted from the front. */
function axesOf(op: Op): readonly number[] | undefined {
  const numbers = constantOf(op.operands[1]);
  const rank = op.operands[0] && shapeOf(op.operands[0])?.length;
  if (!numbers || rank === undefined) return undefined;
  return Array.from(numbers.data as ArrayLike<number>, (axis) => (axis < 0 ? axis + rank : axis));
}

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
