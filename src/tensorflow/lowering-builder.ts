import type { Attributes } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Editor, InsertionPoint } from '#ir/editor.js';
import type { Op, OpDefinition, Region, Value } from '#ir/graph.js';
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
  readonly #inside: Region | undefined;

  /** By default ops stand before `anchor`; else at the end of the region `inside`. */
  constructor(editor: Editor, anchor: Op, inside?: Region) {
    this.#editor = editor;
    this.#anchor = anchor;
    this.#inside = inside;
  }

  /** Builds at the end of a region that the lowered op will have. */
  inside(region: Region): LoweringBuilder {
    return new LoweringBuilder(this.#editor, this.#anchor, region);
  }

  get #at(): InsertionPoint {
    if (this.#inside) return { region: this.#inside };
    const { region } = this.#anchor;
    if (!region) throw new Error(`${this.#anchor.name} is not placed`);
    return { region, before: this.#anchor };
  }

  /** A new op, by default with the options of its definition; it takes over the regions. */
  op<A extends Attributes>(
    definition: OpDefinition<A> & { readonly options: A },
    operands: readonly (Value | undefined)[],
    options: Partial<A> = {},
    types?: readonly Type[],
    regions: readonly Region[] = [],
  ): Op<A> {
    return this.#editor.create(
      this.#at,
      definition,
      operands,
      { ...definition.options, ...options },
      this.#anchor.location,
      types ? { types, regions } : { regions },
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
    return this.#editor.constant(this.#at, tensor, this.#anchor.location);
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
