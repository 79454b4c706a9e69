import { InferenceError } from '#ir/graph.js';
import type { AttrValue, FunctionArgument, NodeDef, TfDType } from '#saved-model/records.js';
import { parseReference, type Reference } from './references.js';

export type Nodes = Map<string, NodeDef>;

/** The op without what says that a reference to a variable goes through it. */
export const base = (op: string): string => op.replace(/^Ref/, '');

export function dtypeOf(node: NodeDef): TfDType {
  const type = node.attributes.get('T');
  return type?.kind === 'dtype' ? type.value : 'invalid';
}

export function argument(name: string, dtype: TfDType): FunctionArgument {
  return { name, dtype, shape: null, handleData: [] };
}

export function node(
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: ReadonlyMap<string, AttrValue>,
): NodeDef {
  return { name, op, inputs, device: '', attributes, originalNames: [] };
}

export const named = (name: string): AttrValue => ({ kind: 'function', name, attributes: new Map() });

/** A tensor of the main graph as a reference without needless parts. */
export function textOf({ node: name, index }: Reference & { readonly kind: 'data' }): string {
  return index === 0 ? name : `${name}:${index}`;
}

/** Copies the nodes behind a tensor into a body, up to a boundary. */
export class Cut {
  readonly #nodes: Nodes;
  readonly #boundary: ReadonlySet<string | undefined>;
  readonly #inside: Map<string, string>;
  readonly #capture: (text: string) => string;
  readonly #depends = new Map<string, boolean>();

  constructor(
    nodes: Nodes,
    boundary: ReadonlySet<string | undefined>,
    inside: Map<string, string>,
    capture: (text: string) => string,
  ) {
    this.#nodes = nodes;
    this.#boundary = boundary;
    this.#inside = inside;
    this.#capture = capture;
  }

  /** Puts what `text` needs into `body`; gives the reference to it there. */
  copy(text: string, body: Nodes): string {
    const result = this.#resolve(text);
    const pending = [text];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node: name } = parseReference(next);
      const at = this.#nodes.get(name);
      if (!at || body.has(name) || this.#boundary.has(name) || !this.#dependsOnBoundary(name)) continue;
      const inputs = at.inputs.filter((input) => !this.#isOuterControl(input));
      body.set(
        name,
        node(
          name,
          at.op,
          inputs.map((input) => this.#resolve(input)),
          at.attributes,
        ),
      );
      pending.push(...inputs);
    }
    return result;
  }

  #isOuterControl(text: string): boolean {
    const reference = parseReference(text);
    if (reference.kind !== 'control') return false;
    const { node: name } = reference;
    return this.#boundary.has(name) || !this.#nodes.has(name) || !this.#dependsOnBoundary(name);
  }

  #resolve(text: string): string {
    const reference = parseReference(text);
    if (reference.kind === 'control') return text;
    const plain = textOf(reference);
    const known = this.#inside.get(plain);
    if (known !== undefined) return known;
    if (this.#boundary.has(reference.node)) throw new InferenceError(`"${text}" is used where it has no value`);
    if (this.#dependsOnBoundary(reference.node)) return plain;
    const captured = this.#capture(plain);
    this.#inside.set(plain, captured);
    return captured;
  }

  /** Whether a node hangs on the boundary, if only by control; what an outer loop hands to its next round does not count. */
  #dependsOnBoundary(name: string): boolean {
    const stack = [{ name, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const at = this.#nodes.get(top.name);
      const isBoundary = this.#boundary.has(top.name);
      const input = isBoundary || !at || base(at.op) === 'NextIteration' ? undefined : at.inputs[top.next++];
      if (input !== undefined && this.#depends.get(top.name) !== true) {
        const behind = parseReference(input).node;
        const known = this.#depends.get(behind);
        if (known === undefined) {
          // It is asked again once it is known.
          top.next--;
          this.#depends.set(behind, false);
          stack.push({ name: behind, next: 0 });
        } else if (known) this.#depends.set(top.name, true);
        continue;
      }
      this.#depends.set(top.name, isBoundary || this.#depends.get(top.name) === true);
      stack.pop();
    }
    return this.#depends.get(name) === true;
  }
}
