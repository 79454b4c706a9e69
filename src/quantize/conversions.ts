import { fail } from '#diagnostics/diagnostic.js';
import { Const } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { unknownLocation } from '#ir/location.js';
import { tensorType } from '#ir/type.js';
import * as tfl from '#tflite/ops/index.js';
import { type ActivationType, type Affine, affineOf, perTensor, rangeOf, sameAffine } from './affine.js';
import { floatType, type QuantizationJob } from './job.js';
import type { ModulePlan } from './plan/plan-module.js';

/** How a value is stored. */
interface Form {
  readonly dtype: ActivationType;
  readonly affine: Affine;
}

/** What was float32, as integers, and back: each conversion of a value once, in front of its first user. */
export class Conversions {
  readonly #region: Region;
  readonly #editor: Editor;
  /** Values that no longer are float32. */
  readonly #forms = new Map<Value, Form>();
  readonly #quantized = new Map<Value, { readonly form: Form; readonly value: Value }[]>();
  readonly #float = new Map<Value, Value>();

  constructor(region: Region, editor: Editor) {
    this.#region = region;
    this.#editor = editor;
  }

  /** A float32 value becomes integers; its users are converted when their turn comes. */
  becomes(value: Value, dtype: ActivationType, affine: Affine): void {
    const type = floatType(value);
    if (!type) throw new Error('a value that is not float32 is quantized');
    this.#forms.set(value, { dtype, affine });
    this.#editor.setType(value, tensorType(dtype, type.shape, perTensor(affine)));
  }

  /** The value as integers of this scale, made in front of `before` where it is not stored so. */
  quantized(value: Value, dtype: ActivationType, affine: Affine, before: Op | undefined): Value {
    const form = { dtype, affine };
    const own = this.#forms.get(value);
    if (own && sameForm(own, form)) return value;
    const made = this.#quantized.get(value) ?? [];
    this.#quantized.set(value, made);
    const known = made.find((entry) => sameForm(entry.form, form));
    if (known) return known.value;
    const shape = value.type.kind === 'tensor' ? value.type.shape : null;
    const types = [tensorType(dtype, shape, perTensor(affine))];
    const at = { region: this.#region, before };
    const result = this.#editor.create(at, tfl.Quantize, [value], {}, unknownLocation, { types }).result();
    made.push({ form, value: result });
    return result;
  }

  /** The value as float32, made in front of `before` where it is not stored so. */
  float(value: Value, before: Op | undefined): Value {
    return this.#forms.has(value) ? this.#floatOf(value, before) : value;
  }

  /** The operands of an op that stays as it is become float32 again. */
  keepFloat(op: Op): void {
    op.operands.forEach((value, i) => {
      if (value && this.#forms.has(value)) this.#editor.setOperand(op, i, this.#floatOf(value, op));
    });
  }

  #floatOf(value: Value, before: Op | undefined): Value {
    let float = this.#float.get(value);
    if (!float) {
      const at = { region: this.#region, before };
      float = this.#editor.create(at, tfl.Dequantize, [value], {}, unknownLocation).result();
      this.#float.set(value, float);
    }
    return float;
  }

  /** Float32 inputs become integers of the wanted type. */
  changeInputs(job: QuantizationJob, plan: ModulePlan): void {
    const { ioType } = job;
    if (ioType === 'float32') return;
    for (const arg of this.#region.args) {
      if (!floatType(arg)) continue;
      this.becomes(arg, ioType, boundaryAffine(arg, ioType, job, plan));
    }
  }

  /** Outputs are float32 again, or of the wanted type. */
  changeOutputs(job: QuantizationJob, plan: ModulePlan): void {
    const { ioType } = job;
    this.#region.outputs.forEach((output, i) => {
      if (output.producer?.is(Const)) return;
      const form = this.#forms.get(output);
      if (ioType === 'float32') {
        if (form) this.#region.setOutput(i, this.#floatOf(output, undefined));
      } else if (form || floatType(output)) {
        const affine = form ? castAffine(form, ioType) : undefined;
        const wanted = affine ?? boundaryAffine(output, ioType, job, plan, form);
        this.#region.setOutput(i, this.quantized(output, ioType, wanted, undefined));
      }
    });
  }
}

function sameForm(a: Form, b: Form): boolean {
  return a.dtype === b.dtype && sameAffine(a.affine, b.affine);
}

/** The same numbers as uint8 instead of int8, or as they are; undefined where another scale is needed. */
function castAffine({ dtype, affine }: Form, wanted: ActivationType): Affine | undefined {
  if (dtype === wanted) return affine;
  return dtype === 'int8' && wanted === 'uint8' ? shifted(affine) : undefined;
}

function shifted({ scale, zeroPoint }: Affine): Affine {
  return { scale, zeroPoint: zeroPoint + 128 };
}

/** Scale and zero point of an input or output, which is stored as `form`: those that ops of the model use, if they do. */
function boundaryAffine(
  value: Value,
  ioType: ActivationType,
  job: QuantizationJob,
  plan: ModulePlan,
  form?: Form,
): Affine {
  const used = plan.setOf(value, ioType === 'int16' ? 'int16' : 'int8')?.affine;
  if (used) return ioType === 'uint8' ? shifted(used) : used;
  const range = job.rangeOf(value) ?? (form && rangeOf(form.affine, form.dtype));
  if (range) return affineOf(range, ioType);
  return fail('invalid-option', {
    detail: `The input or output \`${job.keyOf(value)}\` cannot be ${ioType}: the range of its values is not known.`,
    help: ['Give representative data (`--representative-data`), or leave inputs and outputs float32.'],
  });
}
