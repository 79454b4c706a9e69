import { jest } from '@jest/globals';
import type { Module } from '#ir/module.js';
import type { Pass } from '#passes/pass.js';
import { type Repeat, runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { Tensor } from '#tensor/tensor.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { supplyBias } from '#tflite/passes/supply-bias.js';
import { parse } from './dialects.js';
import { generator } from './random-module.js';

// Starting the runtime takes long where many tests run at once.
jest.setTimeout(60_000);

interface Options {
  /** Largest difference, relative to the largest result. 0: to the last bit, but for the sign of zeros. */
  readonly tolerance?: number;
  /** Run-time sizes for unknown dimensions; all of them are tried in turn. */
  readonly sizes?: readonly number[];
  /** Put NaN, infinities and zeros among the float inputs. */
  readonly special?: boolean;
}

/** Runs the module as it is and after the passes, each lowered, with LiteRT, on seeded random inputs; throws where results differ. */
export async function sameResults(
  passes: Pass | readonly (Pass | Repeat)[],
  text: string,
  options: Options = {},
): Promise<void> {
  const { sizes = [3], special = false, tolerance = 0 } = options;
  const before = parse(text);
  const after = parse(text);
  runPasses(after, 'name' in passes ? [passes] : passes, [verifyObserver()]);
  // The kernel of CONV_2D takes none without a bias.
  for (const module of [before, after]) runPasses(module, [lowerToTflite, supplyBias]);
  for (const size of sizes) {
    const inputs = randomInputs(before, size, special);
    const expected = await run(before, inputs);
    compare(expected, await run(after, inputs), tolerance);
  }
}

async function run(module: Module, inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
  const interpreter = await openInterpreter(serializeModel(exportModule(module)));
  try {
    return (await interpreter.run(inputs)).outputs;
  } finally {
    await interpreter.dispose();
  }
}

function randomInputs(module: Module, size: number, special: boolean): Map<string, Tensor> {
  const random = generator(7);
  const [signature] = module.signatures;
  if (!signature) throw new Error('the text has no signature');
  return new Map(
    signature.region.args.map(({ type }, i) => {
      if (type.kind !== 'tensor' || !type.shape) throw new Error('an input has no rank');
      const shape = type.shape.map((dim) => dim ?? size);
      const count = shape.reduce((all, dim) => all * dim, 1);
      return [signature.inputNames[i] as string, randomTensor(type.dtype, shape, count, random, special)];
    }),
  );
}

function randomTensor(dtype: string, shape: number[], count: number, random: () => number, special: boolean): Tensor {
  if (dtype === 'int32')
    return Tensor.int32(
      Array.from({ length: count }, () => Math.floor(random() * 20) - 10),
      shape,
    );
  if (dtype !== 'float32') throw new Error(`no random ${dtype}`);
  const odd = [NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30];
  return Tensor.float32(
    Array.from({ length: count }, (_, i) =>
      special && i % 3 === 0 ? (odd[(i / 3) % odd.length] as number) : random() * 8 - 4,
    ),
    shape,
  );
}

function compare(a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>, tolerance: number): void {
  if ([...a.keys()].join() !== [...b.keys()].join()) throw new Error('the outputs have other names');
  for (const [name, expected] of a) {
    const actual = b.get(name) as Tensor;
    if (expected.dtype !== actual.dtype || expected.shape.join() !== actual.shape.join()) {
      throw new Error(`${name} is ${actual.dtype}[${actual.shape}], not ${expected.dtype}[${expected.shape}]`);
    }
    const [x, y] = [expected.data as Float32Array, actual.data as Float32Array];
    const largest = x.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max), 0);
    x.forEach((value, i) => {
      const other = y[i] as number;
      const same = value === other || (Number.isNaN(value) && Number.isNaN(other));
      if (!same && !(Math.abs(value - other) <= tolerance * largest)) {
        throw new Error(`${name}[${i}] is ${other}, not ${value}`);
      }
    });
  }
}
