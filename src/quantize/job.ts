import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { TensorType } from '#ir/type.js';
import { isTflOp } from '#tflite/define-op.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import type { Range } from './affine.js';
import { RuleMatcher, subjectOf } from './match-rules.js';
import { type IoType, isStatic, type Recipe, type Scheme, type Treatment } from './recipe.js';
import { cellStateName } from './recurrent/state-names.js';
import { type FloatLayer, floatLayersOf } from './refine/float-layers.js';
import type { LayerInputs } from './refine/watch-layers.js';
import type { Applied, OpQuantization } from './report.js';
import type { StatedRanges } from './stated-ranges.js';

/** Of a tensor without elements. */
const NOTHING: Range = { min: 0, max: 0 };

/** Where the values of tensors lie, by `signature/tensor`. */
export interface KnownRanges {
  get(key: string): Range | undefined;
}

/** The type of a value that holds real numbers to quantize. */
export function floatType(value: Value | undefined): TensorType | undefined {
  return value?.type.kind === 'tensor' && value.type.dtype === 'float32' ? value.type : undefined;
}

interface Entry {
  readonly op: Op;
  readonly builtin: string;
  readonly tensor: string;
  readonly wanted: Treatment;
  treatment: Treatment;
  /** Why it is not treated as it was to be. */
  retreated: string | undefined;
  applied: Applied;
  reason: string | undefined;
}

interface Refusal {
  readonly op: Op;
  readonly builtin: string;
  readonly reason: string;
}

export interface JobOptions {
  readonly ranges?: KnownRanges | undefined;
  /** Preferred to `ranges`. */
  readonly stated?: StatedRanges | undefined;
  readonly ioType?: IoType | undefined;
  /** What linear layers are given on the calibration data: weights and biases are refined by it. */
  readonly layerInputs?: LayerInputs | undefined;
}

/** One quantization of one module: what is wanted for each op, and what has become of it so far. */
export class QuantizationJob {
  readonly recipe: Recipe;
  readonly ioType: IoType;
  /** As they were before quantization; only those whose inputs are known. */
  readonly floatLayers: ReadonlyMap<Op, FloatLayer>;
  readonly #ranges: KnownRanges | undefined;
  readonly #stated: StatedRanges | undefined;
  /** Of the float model: keys of ranges. */
  readonly #names: Map<Value, string>;
  /** In execution order. */
  readonly #entries: Entry[] = [];
  readonly #byOp = new Map<Op, Entry>();
  readonly #refused: Refusal[] = [];

  constructor(module: Module, recipe: Recipe, { ranges, stated, ioType = 'float32', layerInputs }: JobOptions = {}) {
    this.recipe = recipe;
    this.ioType = ioType;
    this.#ranges = ranges;
    this.#stated = stated;
    this.#names = new Map(nameModuleValues(module));
    this.floatLayers = floatLayersOf(module, this.#names, layerInputs ?? new Map());
    const matcher = new RuleMatcher(recipe);
    for (const op of module.ops()) {
      if (!isTflOp(op.definition) || ![...op.operands, ...op.results].some(floatType)) continue;
      const subject = subjectOf(op, this.#names);
      const treatment = matcher.treatmentOf(subject);
      const entry: Entry = {
        op,
        builtin: op.definition.builtin,
        tensor: subject.tensors[0] ?? '',
        wanted: treatment,
        treatment,
        retreated: undefined,
        applied: 'float32',
        reason: undefined,
      };
      this.#entries.push(entry);
      this.#byOp.set(op, entry);
    }
  }

  /** Whether the data of some op are to be integers. */
  get needsRanges(): boolean {
    return this.#entries.some(({ treatment }) => isStatic(treatment.scheme));
  }

  /** How an op of the float model is to be treated; undefined for those that compute no floating-point numbers. */
  treatmentOf(op: Op): Treatment | undefined {
    return this.#byOp.get(op)?.treatment;
  }

  /** Another op computes what an op of the float model did: it is treated, named and reported as that one. */
  succeed(op: Op, next: Op): void {
    const entry = this.#byOp.get(op);
    if (entry) this.#byOp.set(next, entry);
    op.results.forEach((result, i) => {
      const value = next.result(i);
      const [key, stated] = [this.#names.get(result), this.#stated?.get(result)];
      if (key !== undefined) this.#names.set(value, key);
      if (stated) this.#stated?.set(value, stated);
    });
  }

  /** Changes how an op is treated by the passes behind this one, for a reason that the report gives. */
  treatAs(op: Op, scheme: Scheme, reason: string): void {
    const entry = this.#byOp.get(op);
    if (!entry) return;
    entry.treatment = { ...entry.treatment, scheme };
    entry.retreated = reason;
  }

  /** Where the values of a float32 value lie; undefined where nobody knows. */
  rangeOf(value: Value): Range | undefined {
    const stated = this.#stated?.get(value);
    if (stated) return stated;
    const key = this.#names.get(value);
    const known = key === undefined ? undefined : this.#ranges?.get(key);
    return known ?? (floatType(value)?.shape?.includes(0) ? NOTHING : undefined);
  }

  /** Where the states of an LSTM's cells lie; undefined where nobody knows. */
  cellRangeOf(op: Op): Range | undefined {
    const key = this.#names.get(op.result(0));
    return key === undefined ? undefined : this.#ranges?.get(cellStateName(key));
  }

  /** The key of a value of the float model; empty for others. */
  keyOf(value: Value): string {
    return this.#names.get(value) ?? '';
  }

  /** Notes what an op became, and why it is not what was wanted. */
  note(op: Op, applied: Applied, reason?: string): void {
    const entry = this.#byOp.get(op);
    if (!entry) return;
    entry.applied = applied;
    entry.reason = reason ?? entry.retreated;
  }

  /** Notes that an op stays float32; where nothing may, that is an error. */
  refuse(op: Op, reason: string): void {
    this.note(op, 'float32', reason);
    const entry = this.#byOp.get(op);
    if (entry?.treatment.scheme === 'int8-only') this.#refused.push({ op, builtin: entry.builtin, reason });
  }

  /** Ops that had to be quantized and cannot. */
  get refused(): readonly Refusal[] {
    return this.#refused;
  }

  get report(): readonly OpQuantization[] {
    return this.#entries.map(({ op, builtin, tensor, wanted, applied, reason }) => ({
      op: builtin,
      tensor,
      location: op.location,
      wanted: wanted.scheme,
      applied,
      ...(reason === undefined ? {} : { reason }),
    }));
  }
}
