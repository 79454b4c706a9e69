import type { Interpreter, RunInputs, RunOptions, RunResult } from './interpreter.js';

/**
 * Interpreters of one model as one, whose runs go to whichever has the least to do: as many are carried out at the same
 * time. Not for models that keep a state from run to run. `interpreters`: one at least, which it disposes of.
 */
export class InterpreterPool implements Interpreter {
  readonly signatures: Interpreter['signatures'];
  readonly #interpreters: readonly Interpreter[];
  readonly #busy: number[];

  constructor(interpreters: readonly Interpreter[]) {
    this.#interpreters = interpreters;
    this.#busy = interpreters.map(() => 0);
    this.signatures = this.#first.signatures;
  }

  intermediates(signature?: string): ReturnType<Interpreter['intermediates']> {
    return this.#first.intermediates(signature);
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<RunResult> {
    const chosen = this.#busy.indexOf(Math.min(...this.#busy));
    this.#count(chosen, 1);
    try {
      return await (this.#interpreters[chosen] as Interpreter).run(inputs, options);
    } finally {
      this.#count(chosen, -1);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#interpreters.map((interpreter) => interpreter.dispose()));
  }

  get #first(): Interpreter {
    return this.#interpreters[0] as Interpreter;
  }

  #count(index: number, change: number): void {
    this.#busy[index] = (this.#busy[index] as number) + change;
  }
}
