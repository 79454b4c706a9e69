import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { floatType } from '../job.js';
import { floatsOf } from '../weights/quantize-weights.js';
import { Places } from './places.js';

/** The square of the mean, as a part of the mean square, up to which numbers have none to speak of. */
const MOST_MEAN = 0.01;

/** Ops that give such values where all numbers that they take are such: they move them, or add them up. */
const KEEPING: ReadonlySet<unknown> = new Set([
  ...[tfl.Add, tfl.Sub, tfl.Concatenation, tfl.DynamicUpdateSlice, tfl.EmbeddingLookup, tfl.ExpandDims, tfl.Gather],
  ...[tfl.GatherNd, tfl.Pack, tfl.Pad, tfl.Reshape, tfl.ReverseV2, tfl.Select, tfl.SelectV2, tfl.Slice, tfl.Split],
  ...[tfl.SplitV, tfl.Squeeze, tfl.StridedSlice, tfl.Tile, tfl.Transpose, tfl.Unpack],
]);

/**
 * Tells which values are as often above zero as below, as far as the graph shows: what TANH gives, rows of a table around
 * zero, and what only moves, sums up or scales such values, also from run to run of a loop.
 */
export class MeanFree {
  readonly #places: Places;
  /** Values that are not. */
  readonly #others = new Set<Value>();

  constructor(module: Module) {
    this.#places = new Places(module);
  }

  has(value: Value): boolean {
    // What a loop hands on to itself is taken for one until something else that comes to stand there is not.
    for (;;) {
      const before = this.#others.size;
      const found = this.#holds(value, new Set());
      if (this.#others.size === before) return found;
    }
  }

  #holds(value: Value, assumed: Set<Value>): boolean {
    if (this.#others.has(value)) return false;
    if (assumed.has(value)) return true;
    assumed.add(value);
    const found = this.#find(value, (other) => this.#holds(other, assumed));
    if (!found) this.#others.add(value);
    return found;
  }

  #find(value: Value, holds: (value: Value) => boolean): boolean {
    const place = this.#places.named(value);
    if (place) return place.sources.every(holds);
    const constant = constantOf(value);
    if (constant) return constant.dtype === 'float32' && hasNoMean(constant);
    const { producer } = value;
    if (!producer) return false;
    if (producer.isOneOf(tfl.Tanh)) return true;
    const numbers = producer.operands.filter((operand): operand is Value => floatType(operand) !== undefined);
    if (producer.isOneOf(tfl.Mul)) return numbers.some(holds);
    return KEEPING.has(producer.definition) && numbers.length > 0 && numbers.every(holds);
  }
}

function hasNoMean(tensor: Tensor): boolean {
  const numbers = floatsOf(tensor);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    sum += value;
    squares += value * value;
  }
  return sum * sum <= MOST_MEAN * numbers.length * squares;
}
