import { constantOf } from '#ir/constant.js';
import { loopOf } from '#ir/control-flow.js';
import type { Op, OpDefinition, Region, Value } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';
import { Logistic, Tanh } from '../ops/activation.js';
import { Add, Less, LogicalAnd, Mul } from '../ops/elementwise.js';
import { DynamicUpdateSlice, Gather } from '../ops/indexing.js';
import { Pack, Split } from '../ops/joining.js';
import { FullyConnected } from '../ops/matmul.js';
import { Reshape } from '../ops/shape.js';
import { isSizeOf } from './same-size.js';

/** What a gate's activation is taken of: `units` features of a step of a sequence + recurrent · h + bias. */
export interface Gate {
  /** What the loop is given: [steps, batch, features]. */
  readonly sequence: Value;
  /** The first of its features among those of the sequence. */
  readonly first: number;
  /** [units, units]. */
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
}

/** A loop that is a recurrent layer. */
export interface RecurrentCell {
  /** Input, forget, cell and output gate of an LSTM; the only one of a plain layer. */
  readonly gates: readonly Gate[];
  readonly batch: number;
  readonly units: number;
  /** Null where only run time tells: all that the sequence has. */
  readonly steps: number | null;
  /** Which carried value is the output of the last step. */
  readonly hidden: number;
  /** Which carried values are sequences of the outputs of all steps. */
  readonly written: ReadonlySet<number>;
}

// biome-ignore lint/suspicious/noExplicitAny: definitions with all kinds of options
type AnyDefinition = OpDefinition<any>;

/** The recurrent layer that a WHILE computes, whatever its ops are called; else why it is none. */
export function recurrentCellOf(loop: Op): RecurrentCell | string {
  return new CellMatcher(loop).match();
}

class CellMatcher {
  readonly #loop: Op;
  readonly #condition: Region;
  readonly #body: Region;

  constructor(loop: Op) {
    const { condition, body } = loopOf(loop);
    this.#loop = loop;
    this.#condition = condition;
    this.#body = body;
  }

  match(): RecurrentCell | string {
    for (const region of [this.#condition, this.#body]) {
      for (const { definition, regions } of region.ops()) {
        if (definition.sideEffects || regions.length > 0) return 'it does more than compute';
      }
    }
    const limits = this.#limits();
    if (limits === undefined) return 'its number of rounds is not known';
    for (const state of this.#body.args) {
      const found = this.#lstm(state) ?? this.#plain(state);
      if (!found) continue;
      const [batch, units] = shapeOf(state) as [number, number];
      const { gates, zeros } = found;
      if (!zeros.every(({ index }) => isZero(this.#loop.operand(index)))) return 'its initial state is not zero';
      for (const { sequence } of gates) {
        const [length, rows] = shapeOf(sequence) ?? [];
        if (length === undefined || rows !== batch || !limits.every((limit) => isLength(limit, length, sequence)))
          return 'it does not take a whole sequence of a fixed batch';
      }
      const steps = shapeOf((gates[0] as Gate).sequence)?.[0] as number | null;
      return { gates, batch, units, steps, hidden: state.index, written: this.#written(state, steps) };
    }
    return 'its body is no cell of tanh and sigmoid gates';
  }

  /** The numbers that a loop counts to from 0 on, of which the least one ends it: known ones, or values before it. */
  #limits(): readonly (number | Value)[] | undefined {
    const limits: (number | Value)[] = [];
    const pending = [this.#condition.outputs[0] as Value];
    for (let value = pending.pop(); value; value = pending.pop()) {
      const op = value.producer;
      if (op?.is(LogicalAnd)) {
        pending.push(op.operand(0), op.operand(1));
        continue;
      }
      const [counter, limit] = op?.is(Less) ? [op.operand(0), this.#limit(op.operand(1))] : [];
      if (counter?.owner !== this.#condition || limit === undefined) return undefined;
      if (!this.#counts(this.#body.args[counter.index])) return undefined;
      limits.push(limit);
    }
    const known = limits.filter((limit) => typeof limit === 'number');
    return known.length > 0 ? [Math.min(...known)] : limits;
  }

  #limit(value: Value): number | Value | undefined {
    const known = integer(value);
    if (known !== undefined) return known > 0 ? known : undefined;
    const handedOn =
      value.owner === this.#condition && this.#body.outputs[value.index] === this.#body.args[value.index];
    return handedOn ? this.#loop.operand(value.index) : undefined;
  }

  /** Whether a value of the body is the number of the round. */
  #counts(value: Value | undefined): boolean {
    if (value?.owner !== this.#body || integer(this.#loop.operand(value.index)) !== 0) return false;
    const next = plainOp(this.#body.outputs[value.index], Add);
    if (!next) return false;
    const [a, b] = [next.operand(0), next.operand(1)];
    return (a === value && integer(b) === 1) || (b === value && integer(a) === 1);
  }

  /** h = σ(o) · tanh(c), c = σ(f) · c + σ(i) · tanh(g). */
  #lstm(hidden: Value): Found | undefined {
    const [output, next] = product(this.#body.outputs[hidden.index], [Logistic, Tanh]) ?? [];
    if (!output || !next) return undefined;
    const sum = plainOp(next, Add);
    const cell = this.#body.args[this.#body.outputs.indexOf(next)];
    if (!sum || !cell || String(shapeOf(cell)) !== String(shapeOf(hidden))) return undefined;
    const parts = [sum.operand(0), sum.operand(1)];
    for (const [kept, fresh] of [parts, parts.toReversed()]) {
      const [forget, old] = product(kept, [Logistic, undefined]) ?? [];
      const [input, candidate] = product(fresh, [Logistic, Tanh]) ?? [];
      if (old !== cell || !forget || !input || !candidate) continue;
      return this.#found(hidden, [input, forget, candidate, output], [hidden, cell]);
    }
    return undefined;
  }

  /** h = tanh(x). */
  #plain(hidden: Value): Found | undefined {
    const op = this.#body.outputs[hidden.index]?.producer;
    return op?.is(Tanh) ? this.#found(hidden, [op.operand(0)], [hidden]) : undefined;
  }

  #found(hidden: Value, values: readonly Value[], zeros: readonly Value[]): Found | undefined {
    const shape = shapeOf(hidden);
    if (shape?.length !== 2 || shape.includes(null)) return undefined;
    const gates: Gate[] = [];
    for (const value of values) {
      const gate = this.#gate(value, hidden, shape[1] as number);
      if (!gate) return undefined;
      gates.push(gate);
    }
    return { gates, zeros };
  }

  #gate(value: Value, hidden: Value, units: number): Gate | undefined {
    const split = value.producer;
    const part = split?.is(Split) ? split : undefined;
    const whole = part ? part.operand(1) : value;
    const width = shapeOf(whole)?.[1];
    if (shapeOf(whole)?.length !== 2 || typeof width !== 'number' || shapeOf(value)?.[1] !== units) return undefined;
    if (part && ![1, -1].includes(integer(part.operand(0)) ?? 0)) return undefined;
    const first = part ? value.index * units : 0;
    const bias = new Float32Array(units);
    const addBias = (tensor: Tensor): boolean => {
      if (tensor.dtype !== 'float32' || tensor.size !== width) return false;
      for (let i = 0; i < units; i++) bias[i] = (bias[i] as number) + Number(tensor.data[first + i]);
      return true;
    };
    let sequence: Value | undefined;
    let recurrent: Float32Array | undefined;
    const pending = [whole];
    for (let term = pending.pop(); term; term = pending.pop()) {
      const constant = constantOf(term);
      const op = term.producer;
      if (constant) {
        if (!addBias(constant)) return undefined;
      } else if (plainOp(term, Add)) {
        pending.push((op as Op).operand(0), (op as Op).operand(1));
      } else if (op?.is(Gather) && !sequence) {
        sequence = this.#sequence(op as unknown as Op);
        if (!sequence || shapeOf(term)?.[1] !== width) return undefined;
      } else if (plainOp(term, FullyConnected) && op?.operand(0) === hidden && !recurrent) {
        const weights = constantOf(op.operand(1));
        const own = op.operands[2] && constantOf(op.operands[2]);
        if (weights?.dtype !== 'float32' || (op.operands[2] && !(own && addBias(own)))) return undefined;
        recurrent = (weights.data as Float32Array).slice(first * units, (first + units) * units);
      } else return undefined;
    }
    return sequence && recurrent && { sequence, first, recurrent, bias };
  }

  /** What the loop is given and a GATHER takes the step of each round from. */
  #sequence(op: Op): Value | undefined {
    const [sequence, index] = op.operands as [Value, Value];
    if (op.attributes['axis'] !== 0 || op.attributes['batch_dims'] !== 0 || shapeOf(sequence)?.length !== 3) {
      return undefined;
    }
    const same = sequence.owner === this.#body && this.#body.outputs[sequence.index] === sequence;
    return same && this.#counts(index) ? this.#loop.operand(sequence.index) : undefined;
  }

  /** Carried values into which each round writes its output at its place. */
  #written(hidden: Value, steps: number | null): ReadonlySet<number> {
    const output = this.#body.outputs[hidden.index];
    const written = new Set<number>();
    for (const whole of this.#body.args) {
      const op = this.#body.outputs[whole.index]?.producer;
      if (!op?.is(DynamicUpdateSlice) || op.operand(0) !== whole) continue;
      const update = op.operand(1).producer;
      const start = op.operand(2).producer;
      if (!update?.is(Reshape) || update.operand(0) !== output || !start?.is(Pack)) continue;
      const [place, ...others] = start.operands as [Value, ...Value[]];
      const all = String(shapeOf(whole)) === String([steps, ...(shapeOf(hidden) as readonly number[])]);
      if (all && this.#counts(place) && others.every((other) => integer(other) === 0)) written.add(whole.index);
    }
    return written;
  }
}

interface Found {
  readonly gates: readonly Gate[];
  /** Arguments of the body that the loop has to start with zeros. */
  readonly zeros: readonly Value[];
}

/** The op that makes the value, where it is of this kind and activates nothing. */
function plainOp(value: Value | undefined, definition: AnyDefinition): Op | undefined {
  const op = value?.producer;
  return op?.is(definition) && op.attributes['fused_activation_function'] === 'NONE'
    ? (op as unknown as Op)
    : undefined;
}

/** Of a product in either order, what the activations of both factors are taken of; the factor itself for undefined. */
function product(value: Value | undefined, kinds: readonly (AnyDefinition | undefined)[]): Value[] | undefined {
  const op = plainOp(value, Mul);
  if (!op) return undefined;
  const factors = [op.operand(0), op.operand(1)];
  for (const ordered of [factors, factors.toReversed()]) {
    const within = ordered.map((factor, i) => {
      const kind = kinds[i];
      if (!kind) return factor;
      return factor.producer?.is(kind) ? factor.producer.operand(0) : undefined;
    });
    if (within.every((each) => each !== undefined)) return within;
  }
  return undefined;
}

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}

/** Whether what a loop counts to is the length of a sequence. */
function isLength(limit: number | Value, length: number | null, sequence: Value): boolean {
  if (typeof limit === 'number') return limit === length;
  return length === null && isSizeOf(limit, sequence, 0);
}

function integer(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  return tensor?.size === 1 && /^int/.test(tensor.dtype) ? Number(tensor.data[0]) : undefined;
}

function isZero(value: Value | undefined): boolean {
  const tensor = constantOf(value);
  return tensor?.dtype === 'float32' && (tensor.data as Float32Array).every((element) => element === 0);
}
