import type { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import type { OperatorCode } from '#wire/flatbuffers/tflite/model.js';
import { laterRelease, runtimeVersionOf } from './runtime-versions.js';

/** The ops of a model, each builtin and version (or custom name) once, in the order of their first use. */
export class OperatorCodes {
  readonly codes: OperatorCode[] = [];
  readonly #indices = new Map<string, number>();
  #release: string | undefined;

  /** The index of the code; `custom` is the name of a custom op. */
  add(builtin: BuiltinOperator, version: number, custom?: string): number {
    const key = custom === undefined ? `${builtin} ${version}` : `custom ${version} ${custom}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index =
      this.codes.push({ builtin_code: builtin, version, ...(custom === undefined ? {} : { custom_code: custom }) }) - 1;
    this.#indices.set(key, index);
    const release = custom === undefined ? runtimeVersionOf(builtin, version) : undefined;
    if (release) this.#release = this.#release ? laterRelease(this.#release, release) : release;
    return index;
  }

  /** The first release of the runtime that has all of them; undefined where none of them is recorded. */
  get minimumRuntime(): string | undefined {
    return this.#release;
  }
}
