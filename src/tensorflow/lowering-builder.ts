import type { Attributes } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import type { TensorType, Type } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';

/** The tensor type of a value; throws for resources, variants and values without a type. */
export function tensorTypeOf(value: Value): TensorType {
  if (value.type.kind !== 'tensor') throw new Error(`a ${value.type.kind} stands where a tensor is expected`);
  return value.type;
}

/** Builds the TFLite ops that stand for one TensorFlow op, in front of it and with its location. */
export class LoweringBuilder {
  readonly #editor: Editor;
  readonly #anchor: Op;

  constructor(editor: Editor, anchor: Op) {
    this.#editor = editor;
    this.#anchor = anchor;
  }

  /** A new op, by default with the options of its definition. */
  op<A extends Attributes>(
    definition: OpDefinition<A> & { readonly options: A },
    operands: readonly (Value | undefined)[],
    options: Partial<A> = {},
    types?: readonly Type[],
  ): Op<A> {
    const { region } = this.#anchor;
    if (!region) throw new Error(`${this.#anchor.name} is not placed`);
    return this.#editor.create(
      { region, before: this.#anchor },
      definition,
      operands,
      { ...definition.options, ...options },
      this.#anchor.location,
      types ? { types } : {},
    );
  }

  /** The only result of a new op. */
  value<A extends Attributes>(
    definition: OpDefinition<A> & { readonly options: A },
    operands: readonly (Value | undefined)[],
    options: Partial<A> = {},
    types?: readonly Type[],
  ): Value {
    return this.op(definition, operands, options, types).result();
  }

  constant(tensor: Tensor): Value {
    const { region } = this.#anchor;
    if (!region) throw new Error(`${this.#anchor.name} is not placed`);
    return this.#editor.constant({ region, before: this.#anchor }, tensor, this.#anchor.location);
  }

  /** An int32 vector constant. */
  ints(values: readonly number[]): Value {
    return this.constant(Tensor.int32(values));
  }

  /** An int32 scalar constant. */
  int(value: number): Value {
    return this.constant(Tensor.int32([value], []));
  }

  /** The tensor that an operand is known to be, or undefined. */
  constantOf(value: Value | undefined): Tensor | undefined {
    return constantOf(value);
  }
}
