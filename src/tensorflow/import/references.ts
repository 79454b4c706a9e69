import { InferenceError } from '#ir/graph.js';

/** What an input of a node refers to. */
export type Reference =
  | { readonly kind: 'control'; readonly node: string }
  /** `output` is the name of an output argument in a function's body, undefined in the main graph. */
  | { readonly kind: 'data'; readonly node: string; readonly output: string | undefined; readonly index: number };

/** Parses `a`, `a:1`, `^a` and, in function bodies, `a:output_arg:1`. */
export function parseReference(text: string): Reference {
  if (text.startsWith('^')) return { kind: 'control', node: text.slice(1) };
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  const node = first < 0 ? text : text.slice(0, first);
  const output = last === first ? undefined : text.slice(first + 1, last);
  if (output?.includes(':')) throw new InferenceError(`"${text}" is not a reference to a tensor`);
  const index = first < 0 ? 0 : Number(text.slice(last + 1));
  if (node === '' || !Number.isInteger(index) || index < 0) {
    throw new InferenceError(`"${text}" is not a reference to a tensor`);
  }
  return { kind: 'data', node, output, index };
}

/** A tensor of the main graph as it is given: `a` is its first output, `a:0`. */
export function canonical(tensor: string): string {
  return tensor.includes(':') ? tensor : `${tensor}:0`;
}
