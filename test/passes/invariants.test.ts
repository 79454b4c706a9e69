import { expect, test } from '@jest/globals';
import type { OpDefinition } from '#ir/graph.js';
import { parseModule } from '#ir/parse.js';
import * as invariants from '#passes/invariants.js';

const Read: OpDefinition = { name: 'tf.ReadVariableOp', attributes: {} };

test.each(Object.values(invariants).map((invariant) => [invariant.name, invariant] as const))(
  '%s names the ops that break it',
  (name, invariant) => {
    const text = `signature "s" (%x: resource) -> () {
      %a = tf.ReadVariableOp(%x) : unknown loc("net/read")
      %b = tf.ReadVariableOp(%x) : unknown
      return
    }`;
    expect(invariant.check(parseModule(text, () => Read))).toEqual([
      `tf.ReadVariableOp at net/read breaks ${name}`,
      `tf.ReadVariableOp at an unknown node breaks ${name}`,
    ]);
    expect(
      invariant.check(parseModule('signature "s" () -> () { %c = const 1 : tensor<f32> return }', () => Read)),
    ).toEqual([]);
  },
);
