import { type BufferContent, type LazyBytes, loadBytes } from './model-record.js';

/** Words of a buffer that its hash looks at; all of them in buffers up to a kilobyte. */
const SAMPLES = 256;

/**
 * Gathers the buffers of a model, each content once. Indices are given in the order of the first `add`, from 1;
 * buffer 0 is the empty one. Bytes are told apart by length and a hash of samples, and confirmed by comparing them,
 * which ends at the first difference: so weights that differ, as weights do, are hardly read.
 */
export class BufferPool {
  readonly #buffers: BufferContent[] = [new Uint8Array(0)];
  /** Indices by length and hash. */
  readonly #byHash = new Map<string, number[]>();
  readonly #bySample = new Map<string, { readonly content: LazyBytes; readonly index: number }[]>();
  /** Indices of thunks, by key or by object. */
  readonly #lazy = new Map<unknown, number>();

  /** For `ModelToWrite.buffers`. */
  get buffers(): readonly BufferContent[] {
    return this.#buffers;
  }

  /** The index of a buffer with this content. Thunks are not evaluated: two are the same by key, or if they are one object. */
  add(content: BufferContent): number {
    if (content.byteLength === 0) return 0;
    return content instanceof Uint8Array ? this.#addBytes(content) : this.#addLazy(content);
  }

  #addBytes(bytes: Uint8Array): number {
    const key = `${bytes.byteLength},${sampleHash(bytes)}`;
    let candidates = this.#byHash.get(key);
    if (candidates === undefined) {
      candidates = [];
      this.#byHash.set(key, candidates);
    }
    for (const index of candidates) {
      if (Buffer.compare(this.#buffers[index] as Uint8Array, bytes) === 0) return index;
    }
    const index = this.#buffers.push(bytes) - 1;
    candidates.push(index);
    return index;
  }

  #addLazy(content: LazyBytes): number {
    const key = content.key ?? content;
    let index = this.#lazy.get(key);
    if (index === undefined) {
      index = this.#equalLazy(content) ?? this.#buffers.push(content) - 1;
      this.#lazy.set(key, index);
    }
    return index;
  }

  /** Thunks are evaluated only where another one has the same sample, which mostly means that they are equal. */
  #equalLazy(content: LazyBytes): number | undefined {
    if (content.sample === undefined) return undefined;
    const sample = `${content.byteLength},${content.sample}`;
    const candidates = this.#bySample.get(sample) ?? [];
    const equal = candidates.find(({ content: other }) => {
      const bytes = new Uint8Array(loadBytes(other));
      return Buffer.compare(bytes, loadBytes(content)) === 0;
    });
    if (equal) return equal.index;
    this.#bySample.set(sample, [...candidates, { content, index: this.#buffers.length }]);
    return undefined;
  }
}

/** FNV-1a over words at even distances, the last one included. */
function sampleHash(bytes: Uint8Array): number {
  const { byteLength } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, byteLength);
  const step = Math.max(4, Math.ceil(byteLength / SAMPLES));
  let hash = 0x811c9dc5;
  for (let i = 0; i + 4 <= byteLength; i += step) hash = Math.imul(hash ^ view.getUint32(i, true), 0x01000193);
  for (let i = Math.max(0, byteLength - 4); i < byteLength; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193);
  return hash;
}
