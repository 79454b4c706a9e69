import { constantOf } from '#ir/constant.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Relu, Relu0To1, Relu6, ReluN1To1 } from '../ops/activation.js';
import { Maximum, Minimum } from '../ops/elementwise.js';

/** The single number that an operand is, and the other operand. */
function bounded(op: Op): { readonly value: Value; readonly bound: number } | undefined {
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const constant = constantOf(op.operand(j));
    if (constant?.dtype === 'float32' && constant.size === 1 && constant.rank === 0) {
      return { value: op.operand(i), bound: Number(constant.data[0]) };
    }
  }
  return undefined;
}

/** Lower and upper bound of an op that clamps. */
function rangeOf(value: Value): { readonly value: Value; readonly low: number; readonly high: number } | undefined {
  const op = value.producer;
  if (op?.isOneOf(Relu)) return { value: op.operand(0), low: 0, high: Infinity };
  const bound = op?.isOneOf(Maximum, Minimum) ? bounded(op) : undefined;
  if (!op || !bound) return undefined;
  if (op.isOneOf(Maximum)) return { value: bound.value, low: bound.bound, high: Infinity };
  return op.isOneOf(Minimum) ? { value: bound.value, low: -Infinity, high: bound.bound } : undefined;
}

const kinds: readonly (readonly [number, number, OpDefinition])[] = [
  [0, Infinity, Relu],
  [0, 6, Relu6],
  [-1, 1, ReluN1To1],
  [0, 1, Relu0To1],
];

const clamp: Rewrite = {
  name: 'clamp',
  anchors: [Maximum, Minimum, Relu],
  rewrite(op, build) {
    const outer = rangeOf(op.result());
    if (!outer) return noMatch('it has no bound that is a constant number');
    const inner = outer.value.hasOneUse ? rangeOf(outer.value) : undefined;
    const ranges = inner
      ? [
          { ...outer, value: inner.value, low: Math.max(outer.low, inner.low), high: Math.min(outer.high, inner.high) },
          outer,
        ]
      : [outer];
    for (const { value, low, high } of ranges) {
      const kind = kinds.find(([from, to]) => from === low && to === high);
      if (kind && kind[2] !== op.definition) return [build.value(kind[2], [value], {})];
    }
    return noMatch('its bounds are not those of a ReLU');
  },
};

export const recogniseClamp = rewritePass({
  name: 'recognise-clamp',
  summary: 'Makes a RELU, RELU6, RELU_N1_TO_1 or RELU_0_TO_1 of minima and maxima with constants.',
  rewrites: [clamp],
});
