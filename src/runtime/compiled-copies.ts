import type { ModelRecord } from '#tflite/file/model-record.js';
import { makeRunnableCopy, type OperatorOrigins, type RunnableCopy, type SignaturePlan } from './runnable-copy.js';
import { type RuntimeWorker, WorkerFailure, type WorkerSuccess } from './worker-client.js';
import type { WireTensor } from './worker-protocol.js';

/** How many compiled copies of one model are kept, and how many bytes of the worker's 4 GB of memory they may take. */
const MOST_COPIES = 8;
const MOST_BYTES = 2 ** 30;

interface Copy {
  readonly number: number;
  readonly byteLength: number;
  readonly origins: ReadonlyMap<string, OperatorOrigins>;
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
   * Runs one of the plans' signatures, in a copy that is compiled first if need be. Throws the worker's failure, which
   * then tells where the operators of the copy come from.
   */
  async run(
    plans: readonly SignaturePlan[],
    signature: string,
    inputs: ReadonlyMap<string, WireTensor>,
    remainingMs: () => number,
  ): Promise<WorkerSuccess> {
    const key = JSON.stringify(plans);
    if (this.#generation !== this.#worker.generation) this.#copies.clear();
    this.#generation = this.#worker.generation;
    const known = this.#copies.get(key);
    const made = known === undefined ? makeRunnableCopy(this.#model, plans) : undefined;
    const copy = known ?? this.#describe(made as RunnableCopy);
    try {
      if (made !== undefined) await this.#compile(copy.number, made.bytes, remainingMs);
      this.#copies.delete(key);
      this.#copies.set(key, copy);
      const transfer = [...inputs.values()].map(({ bytes }) => bytes.buffer as ArrayBuffer);
      const request = { kind: 'run', model: copy.number, signature, inputs } as const;
      return await this.#worker.request(request, remainingMs(), transfer);
    } catch (error) {
      if (error instanceof WorkerFailure) error.origins = copy.origins.get(signature);
      throw error;
    }
  }

  #describe({ bytes, origins }: RunnableCopy): Copy {
    return { number: this.#count++, byteLength: bytes.byteLength, origins };
  }

  async #compile(number: number, bytes: Uint8Array, remainingMs: () => number): Promise<void> {
    await this.#makeRoom(bytes.byteLength, remainingMs);
    const request = { kind: 'compile', model: number, bytes } as const;
    await this.#worker.request(request, remainingMs(), [bytes.buffer as ArrayBuffer]);
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
