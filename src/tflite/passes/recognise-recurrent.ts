import { constantOf } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, Region, Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import { While } from '../ops/control-flow.js';
import { Gather } from '../ops/indexing.js';
import { FullyConnected } from '../ops/matmul.js';
import { UnidirectionalSequenceLstm, UnidirectionalSequenceRnn } from '../ops/recurrent.js';
import { Reshape, ReverseV2, Transpose } from '../ops/shape.js';
import { type Gate, type RecurrentCell, recurrentCellOf } from './recurrent-cell.js';

/**
 * A loop whose body is the cell of an LSTM or of a plain recurrent layer is one op, which keeps its state from one run
 * to the next: only for those who ask for it.
 */
export const recogniseRecurrent = definePass({
  name: 'recognise-recurrent',
  summary: 'Makes UNIDIRECTIONAL_SEQUENCE_LSTM or _RNN of a loop that computes one.',
  run(module, context) {
    const made: Op[] = [];
    let loops = 0;
    // A loop or branch would keep the state of each of its runs: only what stands outside of them is made one.
    for (const { region } of module.signatures) {
      for (const op of region.ops()) {
        if (!op.is(While)) continue;
        loops++;
        const fused = fuse(op as unknown as Op, region, context);
        if (typeof fused === 'string') context.explain(op as unknown as Op, fused);
        else made.push(fused);
      }
    }
    if (made.length > 0) {
      context.collector.add('fused-recurrent-state', {
        detail: `Recurrent layers became ${made.length === 1 ? 'one op that keeps' : `${made.length} ops that keep`} a state.`,
        locations: made.map(({ location }) => location),
      });
    } else if (loops > 0) {
      context.collector.add('recurrent-not-fused', { detail: 'None of the loops of the model could become one op.' });
    }
  },
});

/** Puts one op in the place of a loop; else says why not. */
function fuse(loop: Op, region: Region, { editor }: PassContext): Op | string {
  const cell = recurrentCellOf(loop);
  if (typeof cell === 'string') return cell;
  const { hidden, written } = cell;
  if (loop.results.some((result, i) => result.isUsed && i !== hidden && !written.has(i))) {
    return 'what it carries besides the output, such as the state of the cells, is used';
  }
  const inputs = inputOf(cell);
  if (!inputs) return 'its gates are no products of one sequence with constant weights';
  const build = new Builder(editor, region, loop);
  // Steps and rows of a single sequence change places without a copy, so that mostly no op is left for it.
  const stepsFirst = cell.batch > 1;
  const op = makeOp(cell, inputs, stepsFirst, build);
  const all = op.result();
  editor.replace(
    loop,
    loop.results.map((result, i) => {
      if (!result.isUsed) return undefined;
      if (i !== hidden) return stepsFirst ? all : build.reshaped(all, [cell.steps, 1, cell.units]);
      const last = build.constant(Tensor.int32([cell.steps - 1], []));
      return build.op(Gather, [all, last], { axis: stepsFirst ? 0 : 1 }).result();
    }),
  );
  return op;
}

/** The sequence before its projections, and each gate's weights and bias. */
interface Inputs {
  readonly input: Value;
  /** What is done to the projections before the loop, to be done to the input: first the last one. */
  readonly moves: readonly Op[];
  readonly gates: readonly { readonly weights: Tensor; readonly recurrent: Tensor; readonly bias: Tensor }[];
}

interface Projection {
  readonly input: Value;
  readonly moves: readonly Op[];
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
}

function inputOf({ gates, units }: RecurrentCell): Inputs | undefined {
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
  if (from?.at(-1) !== weights.shape[1] || from?.includes(null)) return undefined;
  // Else the product has laid out the rows anew as well.
  if (String(from?.slice(0, -1)) !== String(to?.slice(0, -1))) return undefined;
  return { input, moves, weights, bias };
}

/** Whether an op leaves the last axis, that of the features, as it is. */
function movesRows(op: Op): boolean {
  const [from, to] = [op.operands[0] && shapeOf(op.operands[0]), op.results[0] && shapeOf(op.results[0])];
  if (!from || !to || from.includes(null) || to.includes(null) || from.at(-1) !== to.at(-1)) return false;
  if (op.is(Reshape)) return true;
  const numbers = op.isOneOf(Transpose, ReverseV2) ? constantOf(op.operand(1)) : undefined;
  if (!numbers) return false;
  const axes = Array.from(numbers.data as ArrayLike<number>, (axis) => (axis < 0 ? axis + from.length : axis));
  return op.is(Transpose) ? axes.at(-1) === from.length - 1 : !axes.includes(from.length - 1);
}

function makeOp(cell: RecurrentCell, { input, moves, gates }: Inputs, stepsFirst: boolean, build: Builder): Op {
  const { batch, units, steps } = cell;
  const moved = () => moves.toReversed().reduce((value, move) => build.again(move, value), input);
  const sequence = stepsFirst
    ? moved()
    : (singleSequence(input, moves, steps, build) ?? build.asSingle(moved(), steps));
  const state = () => build.constant(Tensor.float32(new Float32Array(batch * units), [batch, units]));
  const weights = gates.map((gate) => build.constant(gate.weights));
  const recurrent = gates.map((gate) => build.constant(gate.recurrent));
  const biases = gates.map(({ bias }) => build.constant(bias));
  if (gates.length === 1) {
    const operands = [sequence, ...weights, ...recurrent, ...biases, state()];
    return build.op(UnidirectionalSequenceRnn, operands, { time_major: stepsFirst });
  }
  const none = (count: number) => new Array<undefined>(count).fill(undefined);
  const operands = [sequence, ...weights, ...recurrent, ...none(3), ...biases, ...none(2), state(), state()];
  return build.op(UnidirectionalSequenceLstm, operands, { time_major: stepsFirst });
}

/** [1, steps, features] of the rows of a single sequence; undefined where moves do more than turn it around. */
function singleSequence(input: Value, moves: readonly Op[], steps: number, build: Builder): Value | undefined {
  if (!moves.every((move) => keepsNeighbours(move, steps))) return undefined;
  const all = [...moves];
  let source = input;
  for (let op = source.producer; op && movesRows(op) && keepsNeighbours(op, steps); op = source.producer) {
    all.push(op);
    source = op.operand(0);
  }
  const whole = build.asSingle(source, steps);
  const turns = all.filter((op) => op.is(ReverseV2) && reversedSizes(op).includes(steps)).length;
  return turns % 2 === 0 ? whole : build.op(ReverseV2, [whole, build.constant(Tensor.int32([1]))]).result();
}

/** Whether rows stay as they are, or all of them are turned around, by an op that leaves the last axis alone. */
function keepsNeighbours(op: Op, steps: number): boolean {
  const turned = op.isOneOf(ReverseV2) && reversedSizes(op).every((size) => size === 1 || size === steps);
  return turned || op.isOneOf(Reshape);
}

function reversedSizes(op: Op): readonly number[] {
  const shape = shapeOf(op.operand(0)) as readonly number[];
  return Array.from(constantOf(op.operand(1))?.data as ArrayLike<number>, (axis) => shape.at(axis) as number);
}

/** Builds in front of a loop, with its location. */
class Builder {
  readonly #editor: Editor;
  readonly #at: { readonly region: Region; readonly before: Op };
  readonly #location: Location;

  constructor(editor: Editor, region: Region, loop: Op) {
    this.#editor = editor;
    this.#at = { region, before: loop };
    this.#location = loop.location;
  }

  constant(tensor: Tensor): Value {
    return this.#editor.constant(this.#at, tensor, this.#location);
  }

  op<A extends Record<string, unknown>>(
    definition: { readonly options: A },
    operands: readonly (Value | undefined)[],
    options: Partial<A> = {},
  ): Op {
    const attributes = { ...definition.options, ...options };
    return this.#editor.create(this.#at, definition as never, operands, attributes as never, this.#location) as never;
  }

  /** What an op does to one sequence, done to another one that has as many rows. */
  again(op: Op, value: Value): Value {
    const rest = op.operands.slice(1).map((operand) => this.constant(constantOf(operand) as Tensor));
    if (!op.is(Reshape)) return this.op(op.definition as never, [value, ...rest], op.attributes as never).result();
    const rows = (shapeOf(op.result()) as readonly number[]).slice(0, -1);
    return this.reshaped(value, [...rows, shapeOf(value)?.at(-1) as number]);
  }

  asSingle(value: Value, steps: number): Value {
    return this.reshaped(value, [1, steps, shapeOf(value)?.at(-1) as number]);
  }

  reshaped(value: Value, shape: readonly number[]): Value {
    return this.op(Reshape, [value, this.constant(Tensor.int32(shape))]).result();
  }
}

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
