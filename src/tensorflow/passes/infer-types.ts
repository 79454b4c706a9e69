import { InferenceError, type Op } from '#ir/graph.js';
import { sameType, type Type, tensorType } from '#ir/type.js';
import { definePass } from '#passes/pass.js';
import { refineShape } from '#tensor/shape.js';

/** Whatever either description knows of a result. */
function refine(known: Type, inferred: Type): Type {
  if (known.kind === 'tensor' && inferred.kind === 'tensor') {
    if (known.dtype !== inferred.dtype)
      throw new InferenceError(`gives ${inferred.dtype} where ${known.dtype} was known`);
    const shape = refineShape(known.shape, inferred.shape);
    if (shape === undefined) throw new InferenceError('gives a shape that contradicts what was known');
    return tensorType(known.dtype, shape, known.quantization);
  }
  return known.kind === 'unknown' || inferred.kind === known.kind ? inferred : known;
}

/** The types of an op's results that its operands now allow; undefined where none became more precise. */
export function refinedTypes(op: Op): readonly Type[] | undefined {
  if (!op.definition.infer) return undefined;
  const inferred = op.definition.infer(op);
  const types = op.results.map((result, i) => refine(result.type, inferred[i] ?? result.type));
  return types.every((type, i) => sameType(type, op.results[i]?.type as Type)) ? undefined : types;
}

/** One forward walk: ops stand after what they use, so every type is final when its users are reached. */
export const inferTypes = definePass({
  name: 'infer-types',
  summary: 'Carries what is known of shapes and types forward through the graph.',
  run(module, { editor, collector }) {
    for (const op of module.ops()) {
      try {
        const types = refinedTypes(op);
        for (const [i, type] of types?.entries() ?? []) editor.setType(op.result(i), type);
      } catch (error) {
        if (!(error instanceof InferenceError)) throw error;
        collector.add('invalid-graph', {
          detail: `Node "${op.location.node ?? '?'}" (${op.name.replace(/^tf\./, '')}): ${error.message}.`,
          locations: [op.location],
        });
      }
    }
  },
});
