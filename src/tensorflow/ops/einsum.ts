import { attr } from '#ir/attribute.js';
import type { Op, Value } from '#ir/graph.js';
import { gather } from '#tensor/kernels/gather.js';
import { reduce } from '#tensor/kernels/reduce.js';
import { transpose } from '#tensor/kernels/transpose.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { type Equation, isBroadcast, labelSizes, parseEquation } from './einsum-equation.js';
import { type Groups, type Plan, planEinsum } from './einsum-plan.js';
import { unlessMultipliable } from './matmul.js';
import { permute, reshapeTo, type Target } from './support/lower-shape.js';
import { withShape } from './support/operands.js';
import { rankOf, shapeOf } from './support/types.js';

export const Einsum = defineTfOp({
  name: 'Einsum',
  summary: 'Sum of products by a labelled equation',
  operands: ['inputs*'],
  attributes: { equation: attr.string() },
  infer: (op) => {
    const equation = parseEquation(op.attributes.equation, op.operands.map(rankOf));
    if (!equation) return [withShape(op, 0, null)];
    const sizes = labelSizes(equation, op.operands.map(shapeOf));
    return [
      withShape(
        op,
        0,
        equation.output.map((label) => sizes.get(label) ?? null),
      ),
    ];
  },
  lower: (op, build) => lowerEinsum(op, op.attributes.equation, build),
});

/** An operand on its way: known at conversion, or not. */
interface Term {
  readonly labels: readonly string[];
  readonly content: Tensor | Value;
}

function lowerEinsum(op: Pick<Op, 'operand' | 'operands'>, text: string, build: LoweringBuilder): Lowered {
  const problem = unlessMultipliable(op);
  if (problem) return problem;
  const equation = parseEquation(text, op.operands.map(rankOf));
  if (!equation) {
    return unsupported(
      'its equation has an ellipsis for operands of unknown rank',
      'Name every axis in the equation, or give the operands a known rank with `tf.ensure_shape`.',
    );
  }
  if (new Set(equation.output).size !== equation.output.length) {
    return unsupported(
      'its result repeats a label',
      'Leave the label out once, and place the result on a diagonal with `tf.linalg.diag`.',
    );
  }
  if (equation.inputs.length > 2) {
    return unsupported('it has more than two operands', 'Write it as one `tf.einsum` for each pair of operands.');
  }
  return new Lowering(build, equation, op.operands as readonly Value[]).result();
}

class Lowering {
  readonly #build: LoweringBuilder;
  readonly #equation: Equation;
  readonly #operands: readonly Value[];

  constructor(build: LoweringBuilder, equation: Equation, operands: readonly Value[]) {
    this.#build = build;
    this.#equation = equation;
    this.#operands = operands;
  }

  result(): Value | Unsupported {
    const { inputs, output } = this.#equation;
    const terms: Term[] = [];
    for (const [i, labels] of inputs.entries()) {
      const operand = this.#operands[i] as Value;
      const term = this.#diagonal({ labels, content: this.#build.constantOf(operand) ?? operand });
      if ('reason' in term) return term;
      const elsewhere = new Set([...output, ...inputs.flatMap((other, j) => (j === i ? [] : other))]);
      terms.push(this.#sum(term, (label) => !elsewhere.has(label)));
    }
    const [a, b] = terms as [Term, Term | undefined];
    if (!b)
      return this.#value(
        this.#arrange(
          a,
          output.map((label) => [label]),
        ),
      );
    return this.#pair(a, b);
  }

  #pair(a: Term, b: Term): Value | Unsupported {
    const { output } = this.#equation;
    const lost = a.labels.find((label) => isBroadcast(label) && b.labels.includes(label) && !output.includes(label));
    if (lost !== undefined) {
      return unsupported('it sums over an ellipsis', 'Name the axes that are summed over in the equation.');
    }
    const constant = [a.content instanceof Tensor, b.content instanceof Tensor] as const;
    const plan = planEinsum({ inputs: [a.labels, b.labels], output }, constant);
    if (!plan) {
      return unsupported(
        'BATCH_MATMUL takes at most 5 dimensions',
        'Merge axes of the operands with `tf.reshape` before it.',
      );
    }
    const [first, second] = plan.first === 0 ? [a, b] : [b, a];
    const x = this.#value(this.#arrange(first, plan.groups[0]));
    const y = this.#value(this.#arrange(second, plan.groups[1]));
    const product = this.#multiply(plan, x, y);
    return this.#release(product, plan.result);
  }

  #multiply({ kind, adjoint, summed }: Plan, x: Value, y: Value): Value {
    const build = this.#build;
    if (kind === 'multiply') {
      const product = build.value(tfl.Mul, [x, y]);
      return summed.length === 0 ? product : build.value(tfl.Sum, [product, build.ints(summed)], { keep_dims: false });
    }
    if (kind === 'batchMatMul') return build.value(tfl.BatchMatMul, [x, y], { adj_x: adjoint[0], adj_y: adjoint[1] });
    const keep_num_dims = tensorTypeOf(x).shape?.length !== 2;
    return build.value(tfl.FullyConnected, [x, y, undefined], { keep_num_dims });
  }

  #value({ content }: Term): Value {
    return content instanceof Tensor ? this.#build.constant(content) : content;
  }

  /** The size of a label, as a reshape of one operand needs it: an axis of an ellipsis may be 1 in it. */
  #size(label: string, term?: Term): Target {
    const inTerm = term?.labels.indexOf(label) ?? -1;
    const { inputs } = this.#equation;
    if (term && inTerm >= 0) {
      if (term.content instanceof Tensor) return term.content.shape[inTerm] as number;
      const size = tensorTypeOf(term.content).shape?.[inTerm];
      if (typeof size === 'number') return size;
    }
    const found: Target[] = [];
    inputs.forEach((labels, operand) => {
      const axis = labels.indexOf(label);
      const of = this.#operands[operand] as Value;
      if (axis >= 0) found.push(tensorTypeOf(of).shape?.[axis] ?? { of, axis });
    });
    const numbers = found.filter((size) => typeof size === 'number');
    // Of two sizes that broadcast the larger one holds; one that is not known could be any, or 1.
    if (numbers.length > 0 && (numbers.length === found.length || !isBroadcast(label) || Math.max(...numbers) > 1)) {
      return Math.max(...numbers);
    }
    return found.find((size) => typeof size !== 'number') as Target;
  }

  /** The term with its axes in groups. */
  #arrange(term: Term, groups: Groups): Term {
    const order = groups.flat();
    const perm = order.map((label) => term.labels.indexOf(label));
    const labels = groups.map((group) => group.join(''));
    const moved: Term = { labels: order, content: this.#permute(term.content, perm) };
    if (groups.every((group) => group.length === 1)) return { labels, content: moved.content };
    if (moved.content instanceof Tensor) {
      const sizes = new Map(order.map((label, i) => [label, (moved.content as Tensor).shape[i] as number]));
      const shape = groups.map((group) => elementCount(group.map((label) => sizes.get(label) as number)));
      return { labels, content: moved.content.reshape(shape) };
    }
    const targets = groups.map((group) => product(group.map((label) => this.#size(label, moved))));
    return { labels, content: reshapeTo(this.#build, moved.content, targets) };
  }

  #permute(content: Tensor | Value, perm: readonly number[]): Tensor | Value {
    return content instanceof Tensor ? transpose(content, perm) : permute(this.#build, content, perm);
  }

  /** A product into the labels' order of the result. */
  #release(value: Value, groups: Groups): Value {
    const { output } = this.#equation;
    const labels = groups.flat();
    const split = groups.every((group) => group.length === 1)
      ? value
      : reshapeTo(
          this.#build,
          value,
          labels.map((label) => this.#size(label)),
        );
    return permute(
      this.#build,
      split,
      output.map((label) => labels.indexOf(label)),
    );
  }

  /** Sums over the labels for which `drop` holds. */
  #sum(term: Term, drop: (label: string) => boolean): Term {
    const axes = term.labels.flatMap((label, axis) => (drop(label) ? [axis] : []));
    if (axes.length === 0) return term;
    const labels = term.labels.filter((label) => !drop(label));
    const { content } = term;
    const sum = content instanceof Tensor ? reduce(content, axes, false, 'sum') : undefined;
    if (sum) return { labels, content: sum };
    const value = this.#build.value(tfl.Sum, [this.#value(term), this.#build.ints(axes)], { keep_dims: false });
    return { labels, content: value };
  }

  /** Where a label is repeated, only the elements with equal indices: a gather from the axes merged into one. */
  #diagonal(term: Term): Term | Unsupported {
    const repeated = term.labels.find((label, axis) => term.labels.indexOf(label) !== axis);
    if (repeated === undefined) return term;
    const shape = term.content instanceof Tensor ? term.content.shape : (tensorTypeOf(term.content).shape ?? []);
    const axes = term.labels.flatMap((label, axis) => (label === repeated ? [axis] : []));
    const size = axes.map((axis) => shape[axis]).find((dim) => typeof dim === 'number');
    if (typeof size !== 'number') {
      return unsupported(
        'it takes a diagonal of an axis of unknown size',
        'Give the axes of the repeated label static sizes.',
      );
    }
    const kept = term.labels.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const moved = this.#permute(term.content, [...kept, ...axes]);
    const labels = [...kept.map((axis) => term.labels[axis] as string), repeated];
    const step = axes.reduce((sum, _, i) => sum + size ** i, 0);
    const picks = Tensor.int32(Array.from({ length: size }, (_, i) => i * step));
    if (moved instanceof Tensor) {
      const flat = moved.reshape([...moved.shape.slice(0, kept.length), size ** axes.length]);
      const content = gather(flat, picks, kept.length, 0);
      if (content) return this.#diagonal({ labels, content });
    }
    const value = moved instanceof Tensor ? this.#build.constant(moved) : moved;
    const flat = reshapeTo(this.#build, value, [...kept.map((_, axis) => ({ of: value, axis })), size ** axes.length]);
    const content = this.#build.value(tfl.Gather, [flat, this.#build.constant(picks)], { axis: kept.length });
    return this.#diagonal({ labels, content });
  }
}

function product(sizes: readonly Target[]): Target {
  return sizes.length === 1
    ? (sizes[0] as Target)
    : sizes.every((size) => typeof size === 'number')
      ? elementCount(sizes as number[])
      : sizes;
}
