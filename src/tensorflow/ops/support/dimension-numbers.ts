/** The numbers of each field of a message that holds nothing else, as XLA's dimension numbers do. */
function fieldsOf(message: string): ReadonlyMap<number, readonly number[]> {
  const bytes = new TextEncoder().encode(message);
  const fields = new Map<number, number[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const numbers = fields.get(tag >> 3) ?? [];
    fields.set(tag >> 3, numbers);
    const PACKED = 2;
    if ((tag & 7) !== PACKED) {
      numbers.push(varint());
      continue;
    }
    const length = varint();
    for (const end = at + length; at < end; ) numbers.push(varint());
  }
  return fields;
}

/** Which dimension of operands and result of a convolution stands for what. */
export interface ConvolutionDims {
  readonly input: { readonly batch: number; readonly feature: number; readonly spatial: readonly number[] };
  readonly kernel: { readonly input: number; readonly output: number; readonly spatial: readonly number[] };
  readonly output: { readonly batch: number; readonly feature: number; readonly spatial: readonly number[] };
}

/** Reads xla.ConvolutionDimensionNumbers; fields that are 0 are left out of a message. */
export function convolutionDims(message: string): ConvolutionDims {
  const fields = fieldsOf(message);
  const one = (field: number): number => fields.get(field)?.[0] ?? 0;
  const all = (field: number): readonly number[] => fields.get(field) ?? [];
  return {
    input: { batch: one(7), feature: one(8), spatial: all(11) },
    kernel: { input: one(3), output: one(4), spatial: all(6) },
    output: { batch: one(9), feature: one(10), spatial: all(12) },
  };
}

/** How the slices of a gather lie in its operand and its result. */
export interface GatherDims {
  readonly offset: readonly number[];
  readonly collapsed: readonly number[];
  /** The operand's dimension that each component of an index is a place in. */
  readonly indexed: readonly number[];
  readonly vector: number;
  readonly batching: readonly number[];
}

/** Reads xla.GatherDimensionNumbers. */
export function gatherDims(message: string): GatherDims {
  const fields = fieldsOf(message);
  const all = (field: number): readonly number[] => fields.get(field) ?? [];
  return { offset: all(1), collapsed: all(2), indexed: all(3), vector: all(4)[0] ?? 0, batching: all(5) };
}
