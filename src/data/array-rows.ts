import { decodeNpyElements, NpyError, type NpyHeader, readNpyHeader } from '#tensor/npy.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { ByteReader } from './byte-reader.js';

/** Up to version 3 a header tells its length in its first 12 bytes. */
const LENGTH_KNOWN = 12;

/** What is held at once has at most so many bytes: a small compressed file may claim any number. */
const MOST_BYTES = 2 ** 28;

/**
 * Reads an array in NumPy's .npy format row by row, along its first axis. An array in Fortran order, whose rows lie
 * scattered, is read as a whole. Throws an NpyError or EndOfData for what is damaged or too large to be held.
 */
export class ArrayRows {
  readonly header: NpyHeader;
  readonly #reader: ByteReader;
  readonly #rowShape: readonly number[];
  readonly #rowBytes: number;
  #whole: Tensor | undefined;
  #at = 0;

  private constructor(header: NpyHeader, reader: ByteReader) {
    this.header = header;
    this.#reader = reader;
    this.#rowShape = header.shape.slice(1);
    this.#rowBytes = elementCount(this.#rowShape) * header.itemBytes;
    if (this.#rowBytes > MOST_BYTES) throw new NpyError(`each row of it has ${this.#rowBytes} bytes, too many to read`);
  }

  static async open(chunks: AsyncIterable<Uint8Array>): Promise<ArrayRows> {
    const reader = new ByteReader(chunks);
    const start = await reader.read(LENGTH_KNOWN);
    const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
    // Of what is no array any number of bytes does: reading the header then says so.
    const length = start[6] === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
    const isArray = view.getUint32(0) === 0x934e554d && length <= 1 << 20;
    const rest = isArray ? await reader.read(Math.max(0, length - LENGTH_KNOWN)) : new Uint8Array(0);
    return new ArrayRows(readNpyHeader(Buffer.concat([start, rest])), reader);
  }

  /** Number of rows; 1 for a scalar. */
  get count(): number {
    return this.header.shape[0] ?? 1;
  }

  /** The next rows, [count, …]. */
  async read(count: number): Promise<Tensor> {
    const shape = [count, ...this.#rowShape];
    if (!this.#isScattered) {
      return decodeNpyElements(this.header, shape, await this.#reader.read(count * this.#rowBytes));
    }
    const { header } = this;
    const bytes = this.count * this.#rowBytes;
    if (bytes > MOST_BYTES) {
      throw new NpyError(
        `it is in Fortran order, and its ${bytes} bytes are too many to be put in order; save \`numpy.ascontiguousarray(array)\``,
      );
    }
    this.#whole ??= decodeNpyElements(header, header.shape, await this.#reader.read(bytes));
    const from = this.#at;
    this.#at += count;
    return rowsOf(this.#whole, from, shape);
  }

  /** Passes over the next rows. */
  async skip(count: number): Promise<void> {
    if (this.#isScattered) this.#at += count;
    else await this.#reader.skip(count * this.#rowBytes);
  }

  get #isScattered(): boolean {
    return this.header.fortranOrder && this.header.shape.length > 1;
  }

  /** Reads what follows the last row, so that the file's checksum is verified. */
  finish(): Promise<void> {
    return this.#reader.finish();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

function rowsOf(tensor: Tensor, from: number, shape: readonly number[]): Tensor {
  const size = elementCount(shape.slice(1));
  const start = from * size;
  const end = start + elementCount(shape);
  if (tensor.dtype === 'string') return Tensor.fromStrings(shape, tensor.strings.slice(start, end));
  const width = tensor.byteLength / Math.max(1, tensor.size);
  return Tensor.fromBytes(tensor.dtype, shape, tensor.bytes.subarray(start * width, end * width));
}
