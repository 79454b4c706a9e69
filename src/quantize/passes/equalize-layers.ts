import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { type LinearLayer, linearLayerOf } from '../refine/linear-layer.js';
import type { StatedRanges } from '../stated-ranges.js';
import { floatsOf } from '../weights/quantize-weights.js';

/** Ops that give a multiple of their result for a multiple of their operand, channel by channel. */
const between = [tfl.Relu, tfl.MaxPool2D, tfl.AveragePool2D, tfl.Pad] as const;

/** Activations that do so, too; those with an upper end do not. */
const linearUpwards: readonly unknown[] = [undefined, 'NONE', 'RELU'];

/** Factors are powers of two of at most so many binary digits, by which float32 results do not change at all. */
const MOST_DIGITS = 8;

/** Until the factors of long chains have come to rest. */
const SWEEPS = 4;

/**
 * Where the channels that one linear layer hands to the next have very different ranges, their numbers get units of
 * their own: the first layer's weights and bias are divided by a factor for each channel, and the next one's weights
 * multiplied by it, so that channels use the range of the data and of the weights alike. Cross-layer equalisation
 * (M. Nagel et al., 2019). The model computes the same; only the tensors between the two layers differ, so none of them
 * may have a `stated` range.
 */
export function equalizeLayers(stated: StatedRanges): Pass {
  return definePass({
    name: 'equalize-layers',
    summary: 'Scales channels between linear layers, so that one scale suits all of them.',
    run(module, context) {
      const editable = new EditableWeights();
      const pairs = [...module.ops()].flatMap((op) => pairFrom(op, stated) ?? []);
      for (let sweep = 0; sweep < SWEEPS; sweep++) for (const pair of pairs) balance(pair, editable);
      editable.store(context);
    },
  });
}

/** A layer and the one that alone takes its results. */
interface Pair {
  readonly first: Op;
  readonly firstLayer: LinearLayer;
  readonly next: Op;
  readonly nextLayer: LinearLayer;
}

function pairFrom(first: Op, stated: StatedRanges): Pair | undefined {
  const firstLayer = ownLayer(first);
  if (!firstLayer || !linearUpwards.includes(first.attributes['fused_activation_function'])) return undefined;
  let value = first.result();
  for (;;) {
    const [next] = value.users;
    if (!value.hasOneUse || !next || stated.has(value)) return undefined;
    const nextLayer = next.operand(0) === value ? ownLayer(next) : undefined;
    if (nextLayer) return nextLayer.channels === firstLayer.units ? { first, firstLayer, next, nextLayer } : undefined;
    if (!next.isOneOf(...between)) return undefined;
    if (!linearUpwards.includes((next as Op).attributes['fused_activation_function'])) return undefined;
    value = next.result();
  }
}

/** A linear layer whose weights and bias are its own. */
function ownLayer(op: Op): LinearLayer | undefined {
  const layer = linearLayerOf(op);
  if (!layer || !op.operand(layer.weights).hasOneUse) return undefined;
  const bias = op.operands[layer.bias];
  return !bias || (bias.hasOneUse && constantOf(bias)?.dtype === 'float32') ? layer : undefined;
}

function balance({ first, firstLayer, next, nextLayer }: Pair, editable: EditableWeights): void {
  const from = editable.of(first, firstLayer.weights);
  const to = editable.of(next, nextLayer.weights);
  const bias = first.operands[firstLayer.bias] && editable.of(first, firstLayer.bias);
  for (let channel = 0; channel < firstLayer.units; channel++) {
    const given = greatest(from, resultsOf(firstLayer, from.length, channel));
    const taken = greatest(to, operandsOf(nextLayer, to.length, channel));
    if (!(given > 0 && taken > 0)) continue;
    const digits = Math.round(Math.log2(given / taken) / 2);
    const factor = 2 ** Math.max(-MOST_DIGITS, Math.min(MOST_DIGITS, digits));
    if (factor === 1) continue;
    for (const at of resultsOf(firstLayer, from.length, channel)) from[at] = (from[at] as number) / factor;
    if (bias) bias[channel] = (bias[channel] as number) / factor;
    for (const at of operandsOf(nextLayer, to.length, channel)) to[at] = (to[at] as number) * factor;
  }
}

function greatest(weights: Float32Array, places: Iterable<number>): number {
  let most = 0;
  for (const at of places) most = Math.max(most, Math.abs(weights[at] as number));
  return most;
}

/** Places of the weights by which a layer makes a channel of its results. */
function* resultsOf({ depthwise, units }: LinearLayer, size: number, channel: number): Generator<number> {
  const depth = size / units;
  if (depthwise) for (let at = channel; at < size; at += units) yield at;
  else for (let at = channel * depth; at < (channel + 1) * depth; at++) yield at;
}

/** Places of the weights by which a layer multiplies a channel of its input. */
function* operandsOf({ depthwise, units, channels }: LinearLayer, size: number, channel: number): Generator<number> {
  const each = depthwise ? units / channels : 1;
  const stride = depthwise ? units : channels;
  for (let row = channel * each; row < size; row += stride) for (let i = 0; i < each; i++) yield row + i;
}

/** Copies of constants that are worked on, each stored once at the end where it has changed. */
class EditableWeights {
  readonly #copies = new Map<Op, Map<number, Float32Array>>();

  of(op: Op, operand: number): Float32Array {
    const copies = this.#copies.get(op) ?? new Map<number, Float32Array>();
    this.#copies.set(op, copies);
    let copy = copies.get(operand);
    if (!copy) {
      const tensor = constantOf(op.operand(operand));
      if (!tensor) throw new Error(`operand ${operand} of ${op.name} is not constant`);
      copy = Float32Array.from(floatsOf(tensor));
      copies.set(operand, copy);
    }
    return copy;
  }

  store({ editor }: PassContext): void {
    for (const [op, copies] of this.#copies) {
      for (const [operand, values] of copies) {
        const source = op.operand(operand);
        const tensor = constantOf(source) as Tensor;
        const { producer } = source;
        if (!producer?.region || isSame(values, floatsOf(tensor))) continue;
        const at = { region: producer.region, before: producer.next };
        const stored = Tensor.from('float32', tensor.shape, values);
        editor.setOperand(op, operand, editor.constant(at, stored, producer.location));
      }
    }
  }
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}
