import { Editor } from '#ir/editor.js';
import { Op, type OpDefinition, Region, type Value } from '#ir/graph.js';
import { unknownLocation } from '#ir/location.js';
import { Module } from '#ir/module.js';
import { type Type, tensorType } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';

/** One direction of a recurrent layer, by positions of the operator's inputs. */
export interface Direction {
  /** Gates of an LSTM in the order input, forget, cell, output; the only one of a plain layer. */
  readonly weights: readonly number[];
  readonly recurrent: readonly number[];
  readonly biases: readonly number[];
  readonly backward: boolean;
}

export interface Layer {
  /** By position of the operator's inputs; undefined for those that no direction takes. */
  readonly types: readonly (Type | undefined)[];
  readonly directions: readonly Direction[];
  readonly stepsFirst: boolean;
  /** Sequences at once, as many as the state is made for. */
  readonly rows: number;
  /** Of a plain layer. */
  readonly activation: string;
  /** Results of both directions are one, side by side. */
  readonly merged: boolean;
}

const activations: Readonly<Record<string, OpDefinition | undefined>> = {
  NONE: undefined,
  TANH: tfl.Tanh as unknown as OpDefinition,
  RELU: tfl.Relu as unknown as OpDefinition,
  RELU6: tfl.Relu6 as unknown as OpDefinition,
};

export function hasActivation(name: string): boolean {
  return Object.hasOwn(activations, name);
}

/**
 * What a recurrent layer computes from a state of zeros, as a module of one signature: loops that keep nothing. Its
 * arguments are the operator's inputs that the layer takes, in their order. It gives the operator's outputs, and of an
 * LSTM in one direction the states of the cells after all steps as well, in the same layout.
 */
export function layerLoop(layer: Layer): Module {
  const module = new Module();
  const { region } = module.addSignature('');
  const args = layer.types.map((type) => type && region.addArg(type));
  const build = new Builder(region);
  const results = layer.directions.map((direction) => new Loop(layer, direction, args, build).run());
  const outputs = results.map(({ hidden }) => hidden);
  const [first] = results;
  const states = results.length === 1 && first?.cell ? [first.cell] : [];
  const given = layer.merged ? [build.op(tfl.Concatenation, outputs, { axis: 2 })] : outputs;
  region.setOutputs([...given, ...states]);
  return module;
}

/** A sequence that the loop writes step by step. */
interface Written {
  readonly hidden: Value;
  readonly cell: Value | undefined;
}

class Loop {
  readonly #layer: Layer;
  readonly #direction: Direction;
  readonly #args: readonly (Value | undefined)[];
  readonly #build: Builder;
  readonly #stepAxis: 0 | 1;

  constructor(layer: Layer, direction: Direction, args: readonly (Value | undefined)[], build: Builder) {
    this.#layer = layer;
    this.#direction = direction;
    this.#args = args;
    this.#build = build;
    this.#stepAxis = layer.stepsFirst ? 0 : 1;
  }

  run(): Written {
    const build = this.#build;
    const { backward } = this.#direction;
    const input = this.#args[0] as Value;
    const [weights, recurrent, biases] = [
      this.#direction.weights,
      this.#direction.recurrent,
      this.#direction.biases,
    ].map((positions) => this.#joined(positions)) as [Value, Value, Value];
    const projected = build.op(tfl.FullyConnected, [input, weights, biases], { keep_num_dims: true });
    const sequence = backward ? this.#turned(projected) : projected;
    const steps = shapeOf(input)[this.#stepAxis] ?? null;
    const units = shapeOf(recurrent)[1] as number;
    const { rows } = this.#layer;
    const state = build.constant(Tensor.float32(new Float32Array(rows * units), [rows, units]));
    const whole = this.#zeros(sequence, steps, units);
    const lstm = this.#direction.weights.length > 1;
    const limit = steps === null ? this.#length(input) : build.constant(Tensor.int32([steps], []));
    const start = build.constant(Tensor.int32([0], []));
    const states = lstm ? [state, state, whole, whole] : [state, whole];
    const operands = [start, limit, sequence, recurrent, ...states];
    const results = build.loop(
      operands,
      (inner, [count, end]) => [inner.op(tfl.Less, [count as Value, end as Value])],
      (inner, carried) => this.#step(inner, carried, units, lstm),
    );
    const [hidden, cell] = results.slice(lstm ? 6 : 5) as [Value, Value | undefined];
    return { hidden: backward ? this.#turned(hidden) : hidden, cell };
  }

  #step(build: Builder, carried: readonly Value[], units: number, lstm: boolean): readonly Value[] {
    const [count, limit, sequence, recurrent, hidden, ...rest] = carried as [
      Value,
      Value,
      Value,
      Value,
      Value,
      ...Value[],
    ];
    const taken = build.op(tfl.Gather, [sequence, count], { axis: this.#stepAxis });
    const sum = build.op(tfl.Add, [taken, build.op(tfl.FullyConnected, [hidden, recurrent, undefined])]);
    const next = build.op(tfl.Add, [count, build.constant(Tensor.int32([1], []))]);
    const { rows } = this.#layer;
    const write = (whole: Value, step: Value): Value => {
      const shape = this.#stepAxis === 0 ? [1, rows, units] : [rows, 1, units];
      const zero = build.constant(Tensor.int32([0], []));
      const place = [0, 1, 2].map((axis) => (axis === this.#stepAxis ? count : zero));
      const update = build.op(tfl.Reshape, [step, build.constant(Tensor.int32(shape))], { new_shape: shape });
      return build.op(tfl.DynamicUpdateSlice, [whole, update, build.op(tfl.Pack, place, { values_count: 3 })]);
    };
    if (!lstm) {
      const activation = activations[this.#layer.activation];
      const output = activation ? build.op(activation, [sum]) : sum;
      return [next, limit, sequence, recurrent, output, write(rest[0] as Value, output)];
    }
    const [cell, hiddens, cells] = rest as [Value, Value, Value];
    const axis = build.constant(Tensor.int32([1], []));
    const [i, f, g, o] = build.ops(tfl.Split, [axis, sum], { num_splits: 4 }) as [Value, Value, Value, Value];
    const gate = (value: Value): Value => build.op(tfl.Logistic, [value]);
    const kept = build.op(tfl.Mul, [gate(f), cell]);
    const fresh = build.op(tfl.Mul, [gate(i), build.op(tfl.Tanh, [g])]);
    const state = build.op(tfl.Add, [kept, fresh]);
    const output = build.op(tfl.Mul, [gate(o), build.op(tfl.Tanh, [state])]);
    return [next, limit, sequence, recurrent, output, state, write(hiddens, output), write(cells, state)];
  }

  /** Weights of all gates, one below the other. */
  #joined(positions: readonly number[]): Value {
    const values = positions.map((position) => this.#args[position] as Value);
    return values.length === 1 ? (values[0] as Value) : this.#build.op(tfl.Concatenation, values, { axis: 0 });
  }

  #turned(value: Value): Value {
    return this.#build.op(tfl.ReverseV2, [value, this.#build.constant(Tensor.int32([this.#stepAxis]))]);
  }

  /** As many zeros as there will be outputs of the layer. */
  #zeros(sequence: Value, steps: number | null, units: number): Value {
    const build = this.#build;
    const shape = this.#stepAxis === 0 ? [steps, this.#layer.rows, units] : [this.#layer.rows, steps, units];
    const zero = build.constant(Tensor.float32(new Float32Array(1), []));
    const sizes = shape.map((size) =>
      size === null ? this.#length(sequence) : build.constant(Tensor.int32([size], [])),
    );
    const filled = build.op(tfl.Fill, [build.op(tfl.Pack, sizes, { values_count: 3 }), zero]);
    filled.type = tensorType('float32', shape);
    return filled;
  }

  #length(sequence: Value): Value {
    const axis = this.#build.constant(Tensor.int32([this.#stepAxis], []));
    return this.#build.op(tfl.Gather, [this.#build.op(tfl.Shape, [sequence]), axis]);
  }
}

/** Makes ops at the end of a region. */
class Builder {
  readonly #region: Region;
  readonly #editor = new Editor();

  constructor(region: Region) {
    this.#region = region;
  }

  constant(tensor: Tensor): Value {
    return this.#editor.constant({ region: this.#region }, tensor, unknownLocation);
  }

  op(definition: Defined, operands: readonly (Value | undefined)[], options: object = {}): Value {
    return this.ops(definition, operands, options)[0] as Value;
  }

  ops(definition: Defined, operands: readonly (Value | undefined)[], options: object = {}): readonly Value[] {
    const attributes = { ...(definition as { readonly options?: object }).options, ...options };
    const op = this.#editor.create(
      { region: this.#region },
      definition as OpDefinition,
      operands,
      attributes as never,
      unknownLocation,
    );
    return op.results;
  }

  loop(
    operands: readonly Value[],
    condition: (build: Builder, args: readonly Value[]) => readonly Value[],
    body: (build: Builder, args: readonly Value[]) => readonly Value[],
  ): readonly Value[] {
    const regions = [condition, body].map((make) => {
      const region = new Region(operands.map(({ type }) => type));
      region.setOutputs(make(new Builder(region), region.args));
      return region;
    });
    const loop = new Op(tfl.While as unknown as OpDefinition, {
      operands,
      attributes: tfl.While.options as never,
      types: operands.map(({ type }) => type),
      location: unknownLocation,
      regions,
    });
    this.#region.append(loop);
    return loop.results;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: definitions with all kinds of options
type Defined = OpDefinition<any>;

function shapeOf({ type }: Value): readonly (number | null)[] {
  return (type.kind === 'tensor' && type.shape) || [];
}
