import type { OpDefinition } from '#ir/graph.js';

const pure = new Map<string, OpDefinition>();
const effective = new Map<string, OpDefinition>();

/**
 * The stand-in for a TensorFlow op that has no definition here; the lowering reports it as unsupported. With
 * `sideEffects` it stays even where nothing uses its results: it may write a variable.
 */
export function unknownOp(tfName: string, sideEffects = false): OpDefinition {
  const definitions = sideEffects ? effective : pure;
  let definition = definitions.get(tfName);
  if (!definition) {
    const effects = sideEffects ? { sideEffects } : {};
    definition = { name: `tf.${tfName}`, summary: 'An op without a definition', attributes: {}, ...effects };
    definitions.set(tfName, definition);
  }
  return definition;
}
