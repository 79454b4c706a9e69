/** The bytes ended before what was asked for. */
export class EndOfData extends Error {
  constructor(wanted: number, got: number) {
    super(`it ends early: ${got} of ${wanted} bytes`);
    this.name = 'EndOfData';
  }
}

/** Reads a stream of chunks piece by piece, without keeping what was read. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, a view where one chunk holds them. Throws EndOfData. */
  async read(length: number): Promise<Uint8Array> {
    if (this.#chunk.length < length) return this.#gather(length);
    const bytes = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return bytes;
  }

  /** Passes over the next `length` bytes. Throws EndOfData. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      if (await this.atEnd()) throw new EndOfData(length, length - left);
      const passed = Math.min(left, this.#chunk.length);
      this.#chunk = this.#chunk.subarray(passed);
      left -= passed;
    }
  }

  /** Whether nothing is left. */
  async atEnd(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return true;
      this.#chunk = plain(value);
    }
    return false;
  }

  /** Reads what is left without keeping it: a stream may check itself at its end. */
  async finish(): Promise<void> {
    while (!(await this.atEnd())) this.#chunk = new Uint8Array(0);
  }

  /** Frees what the stream holds. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #gather(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let got = 0;
    while (got < length) {
      if (await this.atEnd()) throw new EndOfData(length, got);
      const part = this.#chunk.subarray(0, length - got);
      this.#chunk = this.#chunk.subarray(part.length);
      parts.push(part);
      got += part.length;
    }
    // Not allocated before it is there: a length in a damaged file may be anything.
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

/** Of a Buffer, views are Buffers, whose `slice` does not copy. */
function plain(chunk: Uint8Array): Uint8Array {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
