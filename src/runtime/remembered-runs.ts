import { createHash } from 'node:crypto';
import type { Tensor } from '#tensor/tensor.js';
import type { Interpreter, RunInputs, RunOptions, RunResult } from './interpreter.js';

/**
 * An interpreter that gives the outputs it gave before where a run is asked for again: of as many different runs as have
 * at most `mostBytes` of outputs. Not for models that keep a state from run to run. It disposes of `interpreter`.
 */
export class RememberedRuns implements Interpreter {
  readonly signatures: Interpreter['signatures'];
  readonly #interpreter: Interpreter;
  readonly #known = new Map<string, RunResult>();
  #room: number;

  constructor(interpreter: Interpreter, mostBytes: number) {
    this.#interpreter = interpreter;
    this.signatures = interpreter.signatures;
    this.#room = mostBytes;
  }

  intermediates(signature?: string): ReturnType<Interpreter['intermediates']> {
    return this.#interpreter.intermediates(signature);
  }

  async run(inputs: RunInputs, options: RunOptions = {}): Promise<RunResult> {
    const key = keyOf(inputs, options);
    const known = this.#known.get(key);
    if (known) return known;
    const result = await this.#interpreter.run(inputs, options);
    const bytes = [...result.outputs.values(), ...result.tensors.values()].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
    if (bytes <= this.#room && !this.#known.has(key)) {
      this.#room -= bytes;
      this.#known.set(key, result);
    }
    return result;
  }

  dispose(): Promise<void> {
    this.#known.clear();
    return this.#interpreter.dispose();
  }
}

function keyOf(inputs: RunInputs, options: RunOptions): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  const given: readonly [string, Tensor][] = inputs instanceof Map ? [...inputs] : Object.entries(inputs);
  for (const [name, tensor] of given) {
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape, tensor.strings.map(({ byteLength }) => byteLength)]));
    for (const part of tensor.dtype === 'string' ? tensor.strings : [tensor.bytes]) hash.update(part);
  }
  return hash.digest('hex');
}
