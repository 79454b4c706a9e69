import type { AttributeSpecs } from '#ir/attribute.js';
import type { OpDefinition } from '#ir/graph.js';

const made = new Map<string, OpDefinition>();

/**
 * The stand-in for an op that nobody here knows; the lowering reports it as unsupported. With `sideEffects` it stays even
 * where nothing uses its results: it may write a variable.
 */
export function unknownOp(tfName: string, attributes: AttributeSpecs = {}, sideEffects = false): OpDefinition {
  const key = JSON.stringify([tfName, attributes, sideEffects]);
  let definition = made.get(key);
  if (!definition) {
    const effects = sideEffects ? { sideEffects } : {};
    definition = { name: `tf.${tfName}`, summary: 'An op without a definition', attributes, ...effects };
    made.set(key, definition);
  }
  return definition;
}
