import { compatibleShapes } from '#tensor/shape.js';
import type { GraphOp, SignatureGraph } from './signature-graph.js';

/**
 * Finds the tensors of the float model that those of the quantized one stand for, by index: inputs and outputs by the
 * signature's names; results of ops of one kind by their own names; what a conversion makes by what it converts; all
 * others by the order of ops, where both models have the same kinds of ops between the nearest matched ones. Shapes
 * must agree.
 */
export function matchTensors(quantized: SignatureGraph, float: SignatureGraph): ReadonlyMap<number, number> {
  const matcher = new Matcher(quantized, float);
  matcher.matchBoundary();
  matcher.matchConversions();
  matcher.matchNames();
  matcher.matchConversions();
  matcher.matchOrder();
  matcher.matchConversions();
  return matcher.pairs;
}

class Matcher {
  readonly pairs = new Map<number, number>();
  readonly #quantized: SignatureGraph;
  readonly #float: SignatureGraph;
  /** Ops of the float model whose results have been given away. */
  readonly #taken = new Set<GraphOp>();

  constructor(quantized: SignatureGraph, float: SignatureGraph) {
    this.#quantized = quantized;
    this.#float = float;
  }

  matchBoundary(): void {
    for (const side of ['inputs', 'outputs'] as const) {
      const wanted = this.#float.signature[side];
      for (const { name, tensor } of this.#quantized.signature[side]) {
        const found = wanted.find((info) => info.name === name);
        if (found) this.#pair(tensor, found.tensor);
      }
    }
  }

  /** Forwards, and backwards from what is known of the results. */
  matchConversions(): void {
    const conversions = this.#quantized.ops.filter(({ isConversion }) => isConversion);
    for (const { inputs, outputs } of conversions) this.#follow(inputs[0], outputs[0]);
    for (const { inputs, outputs } of conversions.reverse()) this.#follow(outputs[0], inputs[0]);
  }

  matchNames(): void {
    const named = new Map<string, GraphOp | undefined>();
    for (const op of realOps(this.#float)) {
      const name = this.#float.nameOf(op.outputs[0] as number);
      // A name that stands for several tensors stands for none.
      named.set(name, named.has(name) ? undefined : op);
    }
    for (const op of realOps(this.#quantized)) {
      const found = named.get(this.#quantized.nameOf(op.outputs[0] as number));
      if (found && !this.pairs.has(op.outputs[0] as number)) this.#pairOps(op, found);
    }
  }

  matchOrder(): void {
    const left = realOps(this.#quantized);
    const right = realOps(this.#float);
    const places = new Map(right.map((op, i) => [op, i]));
    let fromLeft = 0;
    let fromRight = 0;
    const endAt = (toLeft: number, toRight: number) => {
      this.#matchSegment(left.slice(fromLeft, toLeft), right.slice(fromRight, toRight));
      fromLeft = toLeft + 1;
      fromRight = toRight + 1;
    };
    for (const [i, op] of left.entries()) {
      const tensor = this.pairs.get(op.outputs[0] as number);
      const producer = tensor === undefined ? undefined : this.#float.producerOf(tensor);
      const place = producer && places.get(producer);
      if (place !== undefined && place >= fromRight) endAt(i, place);
    }
    endAt(left.length, right.length);
  }

  #matchSegment(left: readonly GraphOp[], right: readonly GraphOp[]): void {
    const agrees =
      left.length === right.length &&
      left.every((op, i) => {
        const other = right[i] as GraphOp;
        return op.name === other.name && op.outputs.length === other.outputs.length && this.#fits(op, other);
      });
    if (agrees) for (const [i, op] of left.entries()) this.#pairOps(op, right[i] as GraphOp);
  }

  #fits(op: GraphOp, float: GraphOp): boolean {
    return op.outputs.every((output, i) =>
      compatibleShapes(this.#quantized.shapeOf(output), this.#float.shapeOf(float.outputs[i] as number)),
    );
  }

  /** Where they are ops of one kind, their results are paired. */
  #pairOps(op: GraphOp, float: GraphOp): void {
    if (op.name !== float.name || op.outputs.length !== float.outputs.length || this.#taken.has(float)) return;
    if (this.#fits(op, float))
      for (const [i, output] of op.outputs.entries()) this.#pair(output, float.outputs[i] as number);
  }

  #pair(tensor: number, float: number): void {
    const shapes = [this.#quantized.shapeOf(tensor), this.#float.shapeOf(float)] as const;
    if (!compatibleShapes(...shapes)) return;
    const producer = this.#float.producerOf(float);
    if (producer) this.#taken.add(producer);
    if (!this.pairs.has(tensor)) this.pairs.set(tensor, float);
  }

  #follow(from: number | undefined, to: number | undefined): void {
    if (from === undefined || to === undefined || this.pairs.has(to)) return;
    const float = this.pairs.get(from);
    if (float !== undefined) this.#pair(to, float);
  }
}

/** Those that compute something. */
function realOps(graph: SignatureGraph): GraphOp[] {
  return graph.ops.filter(({ isConversion, outputs }) => !isConversion && outputs.length > 0);
}
