import type { TfDType } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { GraphBuilder } from '../graph-builder.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { Cast } from '../ops/cast.js';
import { TensorScatterUpdate } from '../ops/scatter.js';

/** What the elements of a list have in common. */
export interface ListElements {
  readonly dtype: DType;
  /** Sizes that are known now. */
  readonly shape: readonly Dim[];
}

export interface ListContext {
  readonly build: GraphBuilder;
  readonly elements: ListElements;
  /** The sizes of an element as an int32 vector. */
  sizes(): Value;
  /** The shape as it was stated where the list was made; undefined where several places differ. */
  readonly stated: Tensor | undefined;
}

/** How an op on lists is done on tensors, whose first dimension counts the elements. */
export interface ListOp {
  /** The operand that holds the shape of an element. */
  readonly shape?: number;
  /** The operand that is one element (`one`) or several along the first dimension (`rows`). */
  readonly one?: number;
  readonly rows?: number;
  /** All elements have one shape, or TensorFlow itself fails. */
  readonly uniform?: boolean;
  /** Whether the sizes of an element have to be known to make the list. */
  readonly makes?: boolean;
  lower(op: Op, context: ListContext): readonly Value[];
}

const operand = (op: Op, index: number): Value => op.operand(index);

/** A list of `count` (a scalar) zeros. */
function zeros({ build, elements, sizes }: ListContext, count: Value): Value {
  return build.zeros(build.join([build.reshape(count, build.ints([1])), sizes()]), elements.dtype);
}

function place({ build, elements }: ListContext, index: Value): Value {
  return build.pack([index, ...elements.shape.map(() => build.int(0))]);
}

/** Of `list` the elements from `begin` on, `count` of them; both are vectors of one entry. */
function cut({ build, elements }: ListContext, list: Value, begin: Value, count: Value): Value {
  const rest = elements.shape.length;
  const zero = build.ints(new Array<number>(rest).fill(0));
  const whole = build.ints(new Array<number>(rest).fill(-1));
  return build.slice(list, build.join([begin, zero]), build.join([count, whole]));
}

function resized(context: ListContext, list: Value, size: Value): Value {
  const { build, elements } = context;
  const [count, wanted] = [build.size(list, 0), build.reshape(size, build.ints([1]))];
  const kept = cut(context, list, build.ints([0]), build.smaller(count, wanted));
  const missing = build.larger(build.subtract(wanted, count), build.ints([0]));
  const padding = build.join([build.ints([0]), missing, build.ints(elements.shape.flatMap(() => [0, 0]))]);
  return build.pad(kept, build.reshape(padding, build.ints([elements.shape.length + 1, 2])));
}

function scattered({ build, elements }: ListContext, list: Value, tensor: Value, indices: Value): Value {
  const rows = build.reshape(indices, build.ints([-1, 1]));
  const attributes = { T: elements.dtype as TfDType, Tindices: 'int32' as const };
  return build.editor
    .create(build.at, TensorScatterUpdate, [list, rows, tensor], attributes as never, build.location)
    .result();
}

/** One more than the largest place: as long as TensorFlow makes the list of a scatter. */
function scatteredCount({ build }: ListContext, indices: Value): Value {
  const known = constantOf(indices);
  if (known) return build.int(1 + Math.max(-1, ...Array.from(known.data as ArrayLike<number>, Number)));
  // Places are stated once each, from 0 on.
  return build.reshape(build.size(indices, 0), build.ints([]));
}

function joined(op: Op, { build, elements }: ListContext): readonly Value[] {
  const list = operand(op, 0);
  const [length] = elements.shape;
  const rest = elements.shape.slice(1);
  const sizes =
    rest.includes(null) || rest.includes(0)
      ? build.join([
          build.multiply(build.size(list, 0), build.size(list, 1)),
          ...rest.map((_, i) => build.size(list, i + 2)),
        ])
      : build.ints([-1, ...(rest as number[])]);
  const count = build.size(list, 0);
  const each = typeof length === 'number' ? build.ints([length]) : build.size(list, 1);
  const lengths = build.add(build.zeros(count, 'int32'), each);
  const attributes = { SrcT: 'int32' as const, DstT: 'int64' as const, Truncate: false };
  const wide = build.editor.create(build.at, Cast, [lengths], attributes, build.location).result();
  return [build.reshape(list, sizes), wide];
}

const stack: ListOp = { shape: 1, uniform: true, lower: (op) => [operand(op, 0)] };
const concatenated: ListOp = { uniform: true, lower: joined };

/** By the op's name in the IR. Operand 0 is the list wherever there is one. */
export const listOps: ReadonlyMap<string, ListOp> = new Map<string, ListOp>(
  Object.entries({
    EmptyTensorList: { shape: 0, makes: true, lower: (_, context) => [zeros(context, context.build.int(0))] },
    TensorListReserve: { shape: 0, makes: true, lower: (op, context) => [zeros(context, operand(op, 1))] },
    TensorListFromTensor: { shape: 1, rows: 0, lower: (op) => [operand(op, 0)] },
    TensorListSplit: {
      shape: 1,
      makes: true,
      lower(op, { build, sizes }) {
        const count = build.size(operand(op, 2), 0);
        return [build.reshape(operand(op, 0), build.join([count, sizes()]))];
      },
    },
    TensorListSetItem: {
      one: 2,
      lower(op, context) {
        const { build } = context;
        const [list, index, item] = [operand(op, 0), operand(op, 1), operand(op, 2)];
        const grows = op.attributes['resize_if_index_out_of_bounds'] === true;
        const longer = grows
          ? resized(
              context,
              list,
              build.larger(build.reshape(build.size(list, 0), build.ints([])), build.add(index, build.int(1))),
            )
          : list;
        return [build.update(longer, build.asRow(item), place(context, index))];
      },
    },
    TensorListGetItem: { shape: 2, lower: (op, { build }) => [build.gather(operand(op, 0), operand(op, 1))] },
    TensorListStack: stack,
    TensorListLength: {
      lower: (op, { build }) => [build.reshape(build.size(operand(op, 0), 0), build.ints([]))],
    },
    TensorListElementShape: {
      lower(op, { build, stated, sizes }) {
        const { dtype } = tensorTypeOf(op.result());
        const shape = stated ? build.constant(stated) : sizes();
        if (tensorTypeOf(shape).dtype === dtype) return [shape];
        const attributes = { SrcT: tensorTypeOf(shape).dtype, DstT: dtype, Truncate: false };
        return [build.editor.create(build.at, Cast, [shape], attributes, build.location).result()];
      },
    },
    TensorListPushBack: {
      one: 1,
      lower(op, context) {
        const { build } = context;
        const list = operand(op, 0);
        if (!op.region?.parent) return [build.join([list, build.asRow(operand(op, 1))])];
        // LiteRT's WHILE fails on an empty tensor that CONCATENATION makes longer.
        const count = build.reshape(build.size(list, 0), build.ints([]));
        const longer = resized(context, list, build.add(count, build.int(1)));
        return [build.update(longer, build.asRow(operand(op, 1)), place(context, count))];
      },
    },
    TensorListPopBack: {
      shape: 1,
      lower(op, context) {
        const { build } = context;
        const list = operand(op, 0);
        const last = build.subtract(build.size(list, 0), build.ints([1]));
        return [cut(context, list, build.ints([0]), last), build.gather(list, build.reshape(last, build.ints([])))];
      },
    },
    TensorListResize: { lower: (op, context) => [resized(context, operand(op, 0), operand(op, 1))] },
    TensorListGather: {
      shape: 2,
      uniform: true,
      lower: (op, { build }) => [build.gather(operand(op, 0), operand(op, 1))],
    },
    TensorListScatter: {
      shape: 2,
      rows: 0,
      makes: true,
      lower(op, context) {
        const list = zeros(context, scatteredCount(context, operand(op, 1)));
        return [scattered(context, list, operand(op, 0), operand(op, 1))];
      },
    },
    TensorListScatterV2: {
      shape: 2,
      rows: 0,
      makes: true,
      lower(op, context) {
        const stated = constantOf(operand(op, 3));
        const automatic = stated && Number(stated.data[0]) < 0;
        const list = zeros(context, automatic ? scatteredCount(context, operand(op, 1)) : operand(op, 3));
        return [scattered(context, list, operand(op, 0), operand(op, 1))];
      },
    },
    TensorListScatterIntoExistingList: {
      rows: 1,
      lower: (op, context) => [scattered(context, operand(op, 0), operand(op, 1), operand(op, 2))],
    },
    TensorListConcatLists: { lower: (op, { build }) => [build.join([operand(op, 0), operand(op, 1)])] },
    TensorListConcat: concatenated,
    TensorListConcatV2: { ...concatenated, shape: 1 },
  } satisfies Record<string, ListOp>).map(([name, rule]) => [`tf.${name}`, rule]),
);
