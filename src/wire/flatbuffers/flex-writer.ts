/** What custom ops' options hold. Numbers say whether they are integers: readers do not take one for the other. */
export type FlexItem =
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: Uint8Array }
  | { readonly kind: 'ints'; readonly value: readonly (number | bigint)[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly Uint8Array[] };

/**
 * Strings as a FlexBuffer: a vector of them. They are bytes, since the reader takes serialized messages as such, which
 * the package's own encoder does not write.
 */
export function encodeFlexStrings(strings: readonly Uint8Array[]): Uint8Array {
  const writer = new FlexWriter();
  return writer.finish(
    writer.vector(
      strings.map((each) => writer.string(each)),
      false,
    ),
  );
}

/** A map as a FlexBuffer, with lists as typed vectors of any length: what kernels read with `AsTypedVector`. */
export function encodeFlexMap(entries: ReadonlyMap<string, FlexItem>): Uint8Array {
  const writer = new FlexWriter();
  const sorted = [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const keys = sorted.map(([key]) => writer.key(key));
  const values = sorted.map(([, item]) => writer.item(item));
  return writer.finish(writer.map(keys, values));
}

const INT = 1;
const FLOAT = 3;
const KEY = 4;
const STRING = 5;
const MAP = 9;
const VECTOR = 10;
/** A typed vector's type is that of its elements plus this. */
const TYPED = 10;
const BOOL = 26;

/** Bytes that an element or a length takes; its logarithm is what a type byte says. */
type Width = 1 | 2 | 4 | 8;
const WIDTHS: readonly Width[] = [1, 2, 4, 8];

/** A value that is written already, or one that stands in its vector itself. */
interface Written {
  readonly type: number;
  /** Of what it refers to. */
  readonly width: Width;
  readonly offset?: number;
  readonly inline?: number | bigint;
}

/** Writes children before what holds them, as the format demands: offsets point backwards. */
class FlexWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  key(text: string): Written {
    const offset = this.#size;
    this.#append(Buffer.from(`${text}\0`));
    return { type: KEY, width: 1, offset };
  }

  string(bytes: Uint8Array): Written {
    const width = unsignedWidth(bytes.length);
    this.#align(width);
    this.#unsigned(bytes.length, width);
    const offset = this.#size;
    this.#append(bytes);
    this.#append(Uint8Array.of(0));
    return { type: STRING, width, offset };
  }

  item(item: FlexItem): Written {
    switch (item.kind) {
      case 'int':
        return { type: INT, width: signedWidth(item.value), inline: item.value };
      case 'float':
        return { type: FLOAT, width: floatWidth(item.value), inline: item.value };
      case 'bool':
        return { type: BOOL, width: 1, inline: item.value ? 1 : 0 };
      case 'string':
        return this.string(item.value);
      case 'ints':
        return this.vector(
          item.value.map((value) => this.item({ kind: 'int', value })),
          true,
        );
      case 'floats':
        return this.vector(
          item.value.map((value) => this.item({ kind: 'float', value })),
          true,
        );
      case 'strings':
        return this.vector(
          item.value.map((value) => this.string(value)),
          true,
        );
    }
  }

  map(keys: readonly Written[], values: readonly Written[]): Written {
    const keyVector = this.vector(keys, true);
    return { ...this.#elements(values, keyVector, false), type: MAP };
  }

  /** A typed vector's elements are of one type, which is not written for each. */
  vector(elements: readonly Written[], typed: boolean): Written {
    const written = this.#elements(elements, undefined, typed);
    return { ...written, type: typed ? TYPED + (elements[0]?.type ?? INT) : VECTOR };
  }

  finish(root: Written): Uint8Array {
    const offset = root.offset as number;
    const width = WIDTHS.find((each) => fits(aligned(this.#size, each) - offset, each)) ?? 8;
    this.#align(width);
    this.#unsigned(this.#size - offset, width);
    this.#append(Uint8Array.of(typeByte(root.type, root.width), width));
    return this.#bytes.slice(0, this.#size);
  }

  #elements(elements: readonly Written[], keys: Written | undefined, typed: boolean): Omit<Written, 'type'> {
    const least = Math.max(1, ...elements.map(({ offset, width }) => (offset === undefined ? width : 1)));
    const width = WIDTHS.find((each) => each >= least && this.#fitIn(each, elements, keys)) ?? 8;
    this.#align(width);
    if (keys) {
      this.#unsigned(this.#size - (keys.offset as number), width);
      this.#unsigned(keys.width, width);
    }
    this.#unsigned(elements.length, width);
    const offset = this.#size;
    for (const element of elements) this.#element(element, width);
    if (!typed) {
      for (const { type, width: own, offset: at } of elements) {
        this.#append(Uint8Array.of(typeByte(type, at === undefined ? width : own)));
      }
    }
    return { width, offset };
  }

  /** Whether length and offsets of a vector that is written now fit in so many bytes. */
  #fitIn(width: Width, elements: readonly Written[], keys: Written | undefined): boolean {
    const start = aligned(this.#size, width);
    if (!fits(elements.length, width)) return false;
    if (keys && !fits(start - (keys.offset as number), width)) return false;
    const first = start + (keys ? 3 : 1) * width;
    return elements.every(({ offset }, i) => offset === undefined || fits(first + i * width - offset, width));
  }

  #element({ type, offset, inline = 0 }: Written, width: Width): void {
    if (offset !== undefined) {
      this.#unsigned(this.#size - offset, width);
      return;
    }
    const at = this.#reserve(width);
    if (type === FLOAT) {
      if (width === 8) this.#view.setFloat64(at, Number(inline), true);
      else this.#view.setFloat32(at, Number(inline), true);
    } else if (width === 8) this.#view.setBigInt64(at, BigInt(inline), true);
    else if (width === 4) this.#view.setInt32(at, Number(inline), true);
    else if (width === 2) this.#view.setInt16(at, Number(inline), true);
    else this.#view.setInt8(at, Number(inline));
  }

  #unsigned(value: number, width: Width): void {
    const at = this.#reserve(width);
    if (width === 8) this.#view.setBigUint64(at, BigInt(value), true);
    else if (width === 4) this.#view.setUint32(at, value, true);
    else if (width === 2) this.#view.setUint16(at, value, true);
    else this.#view.setUint8(at, value);
  }

  #append(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  #align(width: Width): void {
    this.#reserve(aligned(this.#size, width) - this.#size);
  }

  #reserve(count: number): number {
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

function typeByte(type: number, width: Width): number {
  return (type << 2) | Math.log2(width);
}

function aligned(size: number, width: Width): number {
  return Math.ceil(size / width) * width;
}

function fits(value: number, width: Width): boolean {
  return width === 8 || value < 2 ** (8 * width);
}

function unsignedWidth(value: number): Width {
  return WIDTHS.find((width) => fits(value, width)) ?? 8;
}

function signedWidth(value: number | bigint): Width {
  return WIDTHS.find((width) => width === 8 || (value >= -(2 ** (8 * width - 1)) && value < 2 ** (8 * width - 1))) ?? 8;
}

function floatWidth(value: number): Width {
  return Number.isNaN(value) || Math.fround(value) === value ? 4 : 8;
}
