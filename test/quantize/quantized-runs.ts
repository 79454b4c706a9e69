import { constantOf } from '#ir/constant.js';
import { Editor } from '#ir/editor.js';
import { unknownLocation } from '#ir/location.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { limits, type Range } from '#quantize/affine.js';
import { type QuantizeOptions, quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf, type Scheme } from '#quantize/recipe.js';
import type { QuantizationReport } from '#quantize/report.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { dtypes } from '#tensor/dtype.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { parse } from '../support/dialects.js';
import { generator } from '../support/random-module.js';

export type Tensors = ReadonlyMap<string, Tensor>;

export interface Result {
  readonly outputs: Tensors;
  /** Ranges of all float32 tensors, by `signature/tensor`. */
  readonly ranges: ReadonlyMap<string, Range>;
}

/** Runs the first signature in LiteRT. */
export async function run(module: Module, inputs: Tensors): Promise<Result> {
  const interpreter = await openInterpreter(serializeModel(exportModule(module)));
  try {
    const { outputs, tensors } = await interpreter.run(inputs, { tensors: 'all' });
    const [signature] = interpreter.signatures;
    if (!signature) throw new Error('there is no signature');
    const ranges = new Map<string, Range>();
    const note = (name: string, tensor: Tensor | undefined): void => {
      if (tensor?.dtype === 'float32') ranges.set(`${signature.key}/${name}`, spanOf(tensor));
    };
    for (const { name, tensor } of interpreter.intermediates()) note(name, tensors.get(tensor));
    signature.inputs.forEach(({ name }) => {
      note(`${signature.key}_${name}:0`, inputs.get(name));
    });
    signature.outputs.forEach(({ name }) => {
      note(name, outputs.get(name));
    });
    return { outputs, ranges };
  } finally {
    await interpreter.dispose();
  }
}

export function spanOf(tensor: Tensor): Range {
  const values = Array.from(tensor.data as Float32Array);
  return { min: Math.min(...values), max: Math.max(...values) };
}

/** Seeded numbers from `low` to `high` for all float32 arguments, 0, 1, 0 … for others. */
export function randomInputs(module: Module, low: number, high: number): Map<string, Tensor> {
  const random = generator(11);
  const [signature] = module.signatures;
  if (!signature) throw new Error('there is no signature');
  return new Map(
    signature.region.args.map(({ type }, i) => {
      if (type.kind !== 'tensor' || !type.shape) throw new Error(`argument ${i} has no rank`);
      const shape = type.shape.map((dim) => dim ?? 1);
      const count = shape.reduce((all, dim) => all * dim, 1);
      return [
        signature.inputNames[i] as string,
        tensorOf(type.dtype, shape, count, () => low + (high - low) * random()),
      ];
    }),
  );
}

function tensorOf(dtype: string, shape: number[], count: number, next: () => number): Tensor {
  const values = Array.from({ length: count }, (_, i) => (dtype === 'float32' ? next() : i % 2));
  if (dtype === 'bool') return Tensor.from('bool', shape, Uint8Array.from(values));
  if (dtype === 'int32') return Tensor.int32(values, shape);
  if (dtype !== 'float32') throw new Error(`no input of ${dtype}`);
  return Tensor.float32(values, shape);
}

export interface Quantized {
  readonly float: Tensors;
  readonly outputs: Tensors;
  readonly report: QuantizationReport;
  readonly module: Module;
  readonly text: string;
}

export interface Options extends Partial<QuantizeOptions> {
  readonly scheme?: Scheme;
  readonly low?: number;
  readonly high?: number;
  /** Changes the parsed module before anything else. */
  readonly prepare?: (module: Module) => void;
}

/** Runs a module as it is and quantized, with the ranges of that very run. */
export async function quantized(text: string, options: Options = {}): Promise<Quantized> {
  const { scheme = 'int8', low = -2, high = 2, prepare } = options;
  const parsed = (): Module => {
    const module = parse(text);
    prepare?.(module);
    return module;
  };
  const before = parsed();
  const inputs = randomInputs(before, low, high);
  const { outputs: float, ranges } = await run(before, inputs);
  const { module, report } = quantizeModule(parsed(), {
    recipe: recipeOf(scheme),
    ranges,
    observers: [verifyObserver()],
    ...options,
  });
  const { outputs } = await run(module, storedInputs(module, inputs));
  return { float, outputs: realOutputs(module, outputs), report, module, text: printModule(module) };
}

/** Float inputs as the integers that a module with another type of inputs takes. */
function storedInputs(module: Module, inputs: Tensors): Tensors {
  const [signature] = module.signatures;
  return new Map(
    [...inputs].map(([name, tensor], i): [string, Tensor] => {
      const type = signature?.region.args[i]?.type;
      if (type?.kind !== 'tensor' || !type.quantization || type.dtype === 'string') return [name, tensor];
      const { scale, zeroPoint } = type.quantization;
      const values = Array.from(tensor.data as Float32Array, (value) =>
        Math.round(value / (scale[0] as number) + (zeroPoint[0] as number)),
      );
      const { min, max } = limits[type.dtype as keyof typeof limits];
      const stored = allocate(type.dtype, values.length);
      values.forEach((value, at) => {
        stored[at] = Math.max(min, Math.min(max, value));
      });
      return [name, Tensor.from(type.dtype, tensor.shape, stored)];
    }),
  );
}

function realOutputs(module: Module, outputs: Tensors): Tensors {
  const [signature] = module.signatures;
  return new Map(
    [...outputs].map(([name, tensor]): [string, Tensor] => {
      const at = signature?.outputNames.indexOf(name) ?? -1;
      const type = signature?.region.outputs[at]?.type;
      if (type?.kind !== 'tensor' || !type.quantization) return [name, tensor];
      const { scale, zeroPoint } = type.quantization;
      const real = Array.from(
        tensor.data as Int8Array,
        (value) => (value - (zeroPoint[0] as number)) * (scale[0] as number),
      );
      return [name, Tensor.float32(real, tensor.shape)];
    }),
  );
}

/** The greatest difference between float outputs, relative to the span of the output with zero. */
export function worstDifference(expected: Tensors, actual: Tensors): number {
  let worst = 0;
  for (const [name, tensor] of expected) {
    const other = actual.get(name);
    if (!other || tensor.shape.join() !== other.shape.join()) throw new Error(`${name} differs in shape or is missing`);
    if (tensor.dtype !== 'float32') continue;
    const { min, max } = spanOf(tensor);
    const span = Math.max(max, 0) - Math.min(min, 0);
    (tensor.data as Float32Array).forEach((value, i) => {
      const difference = Math.abs(value - (other.data[i] as number)) / (span || 1);
      worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    });
  }
  return worst;
}

/** Weights and biases that are arguments in the text become constants. */
export function makeWeightsConstant(module: Module): void {
  const random = generator(5);
  const editor = new Editor();
  for (const op of [...module.ops()]) {
    const definition = op.definition as { readonly quantization?: readonly { kind: string; operand?: number }[] };
    for (const { kind, operand } of definition.quantization ?? []) {
      const value = kind === 'weights' || kind === 'biasScale' ? op.operands[operand ?? -1] : undefined;
      if (!value || constantOf(value) || value.type.kind !== 'tensor' || !value.type.shape || !op.region) continue;
      const shape = value.type.shape as readonly number[];
      const count = shape.reduce((all, dim) => all * dim, 1);
      if (dtypes[value.type.dtype].kind !== 'float') continue;
      const tensor = Tensor.float32(
        Array.from({ length: count }, () => random() * 2 - 1),
        [...shape],
      );
      editor.replaceAllUses(
        value,
        editor.constant({ region: op.region, before: op.region.first }, tensor, unknownLocation),
      );
    }
  }
}
