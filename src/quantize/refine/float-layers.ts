import { Const, constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { Tensor } from '#tensor/tensor.js';
import { type LinearLayer, linearLayerOf } from './linear-layer.js';
import type { Patches } from './patches.js';
import type { LayerInputs } from './watch-layers.js';

/** A linear layer as it was in float32, which quantized ones are held against. */
export interface FloatLayer {
  readonly layer: LinearLayer;
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  /** Whether other ops have the same weights, in the same region or another one. */
  readonly shared: boolean;
  readonly patches: Patches;
}

/** The linear layers of a float module of which inputs are known. */
export function floatLayersOf(
  module: Module,
  names: ReadonlyMap<Value, string>,
  inputs: LayerInputs,
): ReadonlyMap<Op, FloatLayer> {
  const layers = new Map<Op, FloatLayer>();
  const users = usersOfConstants(module);
  for (const op of module.ops()) {
    const layer = linearLayerOf(op);
    const patches = layer && inputs.get(names.get(op.result()) ?? '');
    const source = layer && op.operand(layer.weights);
    const weights = constantOf(source);
    if (!layer || !patches || !source || !weights) continue;
    const bias = constantOf(op.operands[layer.bias]);
    layers.set(op, { layer, weights, bias, shared: (users.get(weights) ?? 0) > 1, patches });
  }
  return layers;
}

function usersOfConstants(module: Module): ReadonlyMap<Tensor, number> {
  const users = new Map<Tensor, number>();
  for (const op of module.ops()) {
    if (!op.is(Const)) continue;
    const { value } = op.attributes;
    users.set(value, (users.get(value) ?? 0) + op.result().users.length);
  }
  return users;
}
