import type { Editor, InsertionPoint } from '#ir/editor.js';
import type { Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { integers } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import { tensorTypeOf } from './lowering-builder.js';
import { Fill } from './ops/broadcast.js';
import { XlaDynamicUpdateSlice } from './ops/dynamic-slice.js';
import { Add, Maximum, Minimum, Mul, Sub } from './ops/elementwise.js';
import { GatherV2 } from './ops/indexing.js';
import { ConcatV2, Pack } from './ops/join.js';
import { PadV2 } from './ops/pad.js';
import { Reshape, Shape } from './ops/shape.js';
import { Slice, StridedSlice } from './ops/slice.js';

/** Builds TensorFlow ops at one place. Sizes and places are int32. */
export class GraphBuilder {
  readonly editor: Editor;
  readonly at: InsertionPoint;
  readonly location: Location;

  constructor(editor: Editor, at: InsertionPoint, location: Location) {
    this.editor = editor;
    this.at = at;
    this.location = location;
  }

  constant(tensor: Tensor): Value {
    return this.editor.constant(this.at, tensor, this.location);
  }

  ints(values: readonly number[]): Value {
    return this.constant(Tensor.int32(values));
  }

  int(value: number): Value {
    return this.constant(Tensor.int32([value], []));
  }

  shape(value: Value): Value {
    const attributes = { T: tensorTypeOf(value).dtype, out_type: 'int32' as const };
    return this.editor.create(this.at, Shape, [value], attributes, this.location).result();
  }

  /** Size `axis` of a value, as a vector of one element. */
  size(value: Value, axis: number): Value {
    const known = tensorTypeOf(value).shape?.[axis];
    if (typeof known === 'number') return this.ints([known]);
    const masks = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 };
    const attributes = { T: 'int32', Index: 'int32', ...masks } as const;
    const operands = [this.shape(value), this.ints([axis]), this.ints([axis + 1]), this.ints([1])];
    return this.editor.create(this.at, StridedSlice, operands, attributes, this.location).result();
  }

  reshape(value: Value, shape: Value): Value {
    const attributes = { T: tensorTypeOf(value).dtype, Tshape: 'int32' as const };
    return this.editor.create(this.at, Reshape, [value, shape], attributes, this.location).result();
  }

  /** Values joined along the first dimension. */
  join(values: readonly Value[]): Value {
    const [first] = values;
    if (first && values.length === 1) return first;
    const attributes = { N: values.length, T: tensorTypeOf(first as Value).dtype };
    return this.editor.create(this.at, ConcatV2, [...values, this.int(0)], attributes, this.location).result();
  }

  /** Scalars as a vector. */
  pack(values: readonly Value[]): Value {
    const attributes = { N: values.length, T: tensorTypeOf(values[0] as Value).dtype, axis: 0 };
    return this.editor.create(this.at, Pack, values, attributes, this.location).result();
  }

  /** A value with a first dimension of 1. */
  asRow(value: Value): Value {
    const { shape } = tensorTypeOf(value);
    const open = shape?.filter((size) => size === null).length ?? 2;
    if (shape && (open === 0 || (open === 1 && !shape.includes(0)))) {
      return this.reshape(value, this.ints([1, ...shape.map((size) => size ?? -1)]));
    }
    return this.reshape(value, this.join([this.ints([1]), this.shape(value)]));
  }

  gather(value: Value, indices: Value, axis = 0): Value {
    const Tindices = tensorTypeOf(indices).dtype;
    const attributes = { batch_dims: 0, Tparams: tensorTypeOf(value).dtype, Tindices, Taxis: 'int32' as const };
    return this.editor.create(this.at, GatherV2, [value, indices, this.int(axis)], attributes, this.location).result();
  }

  zeros(dims: Value, dtype: Parameters<typeof integers>[0]): Value {
    const zero = this.constant(
      dtype === 'string' ? Tensor.fromStrings([], [new Uint8Array()]) : integers(dtype, [0], []),
    );
    const attributes = { T: dtype, index_type: 'int32' as const };
    return this.editor.create(this.at, Fill, [dims, zero], attributes, this.location).result();
  }

  update(value: Value, part: Value, indices: Value): Value {
    const attributes = { T: tensorTypeOf(value).dtype, Tindices: 'int32' as const };
    return this.editor
      .create(this.at, XlaDynamicUpdateSlice, [value, part, indices], attributes, this.location)
      .result();
  }

  slice(value: Value, begin: Value, size: Value): Value {
    const attributes = { T: tensorTypeOf(value).dtype, Index: 'int32' as const };
    return this.editor.create(this.at, Slice, [value, begin, size], attributes, this.location).result();
  }

  pad(value: Value, paddings: Value): Value {
    const { dtype } = tensorTypeOf(value);
    const attributes = { T: dtype, Tpaddings: 'int32' as const };
    const zero = this.constant(
      dtype === 'string' ? Tensor.fromStrings([], [new Uint8Array()]) : integers(dtype, [0], []),
    );
    return this.editor.create(this.at, PadV2, [value, paddings, zero], attributes, this.location).result();
  }

  add(a: Value, b: Value): Value {
    return this.editor.create(this.at, Add, [a, b], { T: tensorTypeOf(a).dtype }, this.location).result();
  }

  subtract(a: Value, b: Value): Value {
    return this.editor.create(this.at, Sub, [a, b], { T: tensorTypeOf(a).dtype }, this.location).result();
  }

  multiply(a: Value, b: Value): Value {
    return this.editor.create(this.at, Mul, [a, b], { T: tensorTypeOf(a).dtype }, this.location).result();
  }

  larger(a: Value, b: Value): Value {
    return this.editor.create(this.at, Maximum, [a, b], { T: tensorTypeOf(a).dtype }, this.location).result();
  }

  smaller(a: Value, b: Value): Value {
    return this.editor.create(this.at, Minimum, [a, b], { T: tensorTypeOf(a).dtype }, this.location).result();
  }
}
