import type { ModelRecord } from '#tflite/file/model-record.js';
import { makeRunnableCopy, type OperatorOrigins, type SignaturePlan } from './runnable-copy.js';
import type { RuntimeWorker } from './worker-client.js';

/** How many compiled copies of one model are kept, and how many bytes of the 4 GB of wasm memory they may take. */
const MOST_COPIES = 8;
const MOST_BYTES = 2 ** 30;

interface Copy {
  readonly number: number;
  readonly byteLength: number;
}

/**
 * The copies of a model that a worker has compiled, by what they compute. The one that was not used for longest goes
 * first when there are too many.
 */
export class CompiledCopies {
  readonly #model: ModelRecord;
  readonly #worker: RuntimeWorker;
  /** From the least to the most recently used. */
  readonly #copies = new Map<string, Copy>();
  #generation = 0;
  #count = 0;

  constructor(model: ModelRecord, worker: RuntimeWorker) {
    this.#model = model;
    this.#worker = worker;
  }

  /**
   * The worker's number for a compiled copy that computes these plans. Throws the worker's failure; `onCopy` hears of
   * a new copy's operators before it is compiled, so that a failure to compile can be placed.
   */
  async get(
    plans: readonly SignaturePlan[],
    remainingMs: () => number,
    onCopy: (origins: ReadonlyMap<string, OperatorOrigins>) => void,
  ): Promise<number> {
    const key = JSON.stringify(plans);
    if (this.#generation !== this.#worker.generation) this.#copies.clear();
    this.#generation = this.#worker.generation;
    const known = this.#copies.get(key);
    if (known !== undefined) {
      this.#copies.delete(key);
      this.#copies.set(key, known);
      return known.number;
    }
    const { bytes, origins } = makeRunnableCopy(this.#model, plans);
    onCopy(origins);
    await this.#makeRoom(bytes.byteLength, remainingMs);
    const copy = { number: this.#count++, byteLength: bytes.byteLength };
    const request = { kind: 'compile', model: copy.number, bytes } as const;
    await this.#worker.request(request, remainingMs(), [bytes.buffer as ArrayBuffer]);
    this.#copies.set(key, copy);
    return copy.number;
  }

  async #makeRoom(byteLength: number, remainingMs: () => number): Promise<void> {
    let total = byteLength;
    for (const copy of this.#copies.values()) total += copy.byteLength;
    for (const [key, copy] of this.#copies) {
      if (this.#copies.size < MOST_COPIES && total <= MOST_BYTES) return;
      this.#copies.delete(key);
      total -= copy.byteLength;
      await this.#worker.request({ kind: 'free', model: copy.number }, remainingMs());
    }
  }
}
