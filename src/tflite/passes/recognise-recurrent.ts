import { constantOf } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, Region, Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import { While } from '../ops/control-flow.js';
import { Gather, StridedSlice } from '../ops/indexing.js';
import { UnidirectionalSequenceLstm, UnidirectionalSequenceRnn } from '../ops/recurrent.js';
import { Reshape, ReverseV2, Transpose } from '../ops/shape.js';
import { type RecurrentCell, recurrentCellOf } from './recurrent-cell.js';
import { type Inputs, inputsOf, sequenceOf } from './recurrent-input.js';

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
        detail: `${made.length === 1 ? 'A recurrent layer became an op that keeps' : `${made.length} recurrent layers became ops that keep`} a state.`,
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
  const inputs = inputsOf(cell);
  if (!inputs) return 'its gates are no products of one sequence with constant weights';
  const build = new Builder(editor, region, loop);
  const { sequence, stepsFirst } = sequenceFor(cell, inputs, build);
  const op = makeOp(cell, inputs, sequence, stepsFirst, build);
  const all = op.result();
  editor.replace(
    loop,
    loop.results.map((result, i) => {
      if (!result.isUsed) return undefined;
      if (i !== hidden) return stepsFirst ? all : build.transposed(all);
      return build.last(all, stepsFirst ? 0 : 1, cell.steps);
    }),
  );
  return op;
}

/** The sequence in the layout that takes the fewest moves: the op has either of both. */
function sequenceFor(
  cell: RecurrentCell,
  inputs: Inputs,
  build: Builder,
): { readonly sequence: Value; readonly stepsFirst: boolean } {
  const found = sequenceOf(inputs, cell);
  if (!found) {
    const moved = inputs.moves.toReversed().reduce((value, move) => build.again(move, value), inputs.input);
    return { sequence: moved, stepsFirst: true };
  }
  // Steps and rows of a single sequence change places without a copy: as most layers have it, with the batch in front.
  const stepsFirst = found.stepsFirst && cell.batch > 1;
  const features = shapeOf(found.value)?.at(-1) as number;
  const shape = stepsFirst ? [cell.steps, cell.batch, features] : [cell.batch, cell.steps, features];
  const whole = build.reshaped(found.value, shape);
  if (!found.reversed) return { sequence: whole, stepsFirst };
  const axis = build.constant(Tensor.int32([stepsFirst ? 0 : 1]));
  return { sequence: build.op(ReverseV2, [whole, axis]).result(), stepsFirst };
}

function makeOp(
  { batch, units }: RecurrentCell,
  { gates }: Inputs,
  sequence: Value,
  stepsFirst: boolean,
  build: Builder,
): Op {
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
    const rows = (shapeOf(op.result()) as readonly (number | null)[]).slice(0, -1);
    return this.reshaped(value, [...rows, shapeOf(value)?.at(-1) as number]);
  }

  /** The last one along an axis of three, of `size` or however many run time tells. */
  last(value: Value, axis: 0 | 1, size: number | null): Value {
    if (size !== null) return this.op(Gather, [value, this.constant(Tensor.int32([size - 1], []))], { axis }).result();
    const at = (place: number) => this.constant(Tensor.int32([0, 1, 2].map((each) => (each === axis ? place : 0))));
    const ones = this.constant(Tensor.int32([1, 1, 1]));
    const all = 7 & ~(1 << axis);
    const options = { begin_mask: all, end_mask: all, shrink_axis_mask: 1 << axis };
    return this.op(StridedSlice, [value, at(-1), at(0), ones], options).result();
  }

  /** With the first two of three axes in each other's place. */
  transposed(value: Value): Value {
    return this.op(Transpose, [value, this.constant(Tensor.int32([1, 0, 2]))]).result();
  }

  /** In a shape of which one size may be known at run time only. */
  reshaped(value: Value, shape: readonly (number | null)[]): Value {
    if (String(shapeOf(value)) === String(shape)) return value;
    return this.op(Reshape, [value, this.constant(Tensor.int32(shape.map((size) => size ?? -1)))]).result();
  }
}

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
