import type { Module } from '#ir/module.js';
import { type OpRegistry, parseModule } from '#ir/parse.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { tflOpByName } from '#tflite/ops/index.js';

/** Resolves `tfl.…` in the text form. */
export const tflDialect: OpRegistry = (name) => tflOpByName.get(name.slice('tfl.'.length));

/** Resolves `tf.…` and `tfl.…`, which may stand together while a module is lowered. */
export const bothDialects: OpRegistry = (name) =>
  name.startsWith('tf.') ? tfOpByName.get(name.slice('tf.'.length)) : tflDialect(name);

/**
 * Parses a module of both dialects. The element type `T` of `tf` ops may be left out where it is float32, and is dropped
 * where the op's definition does not need it: most tests are not about it.
 */
export function parse(text: string): Module {
  return parseModule(text.replace(TF_OP, fillType), bothDialects);
}

const TF_OP = /(tf\.(\w+)\([^)]*\))(?: \{([^}]*)\})?/g;

function fillType(_: string, call: string, name: string, attributes = ''): string {
  const declared = tfOpByName.get(name)?.attributes ?? {};
  const list = attributes.split(/,\s*(?=\w+ =)/).filter((attribute) => attribute !== '');
  const kept = 'T' in declared ? list : list.filter((attribute) => !attribute.startsWith('T ='));
  const filled = !('T' in declared) || kept.some((attribute) => attribute.startsWith('T ='));
  return `${call} {${[...(filled ? [] : ['T = "float32"']), ...kept].join(', ')}}`;
}
