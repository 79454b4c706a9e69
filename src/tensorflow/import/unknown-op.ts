import type { OpDefinition } from '#ir/graph.js';

const definitions = new Map<string, OpDefinition>();

/** The stand-in for a TensorFlow op that has no definition here; the lowering reports it as unsupported. */
export function unknownOp(tfName: string): OpDefinition {
  let definition = definitions.get(tfName);
  if (!definition) {
    definition = { name: `tf.${tfName}`, summary: 'An op without a definition', attributes: {} };
    definitions.set(tfName, definition);
  }
  return definition;
}
