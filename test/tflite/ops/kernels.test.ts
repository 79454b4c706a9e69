import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Module, Signature } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { float16ToNumber, numberToFloat16 } from '#tensor/float16.js';
import { elementCount, isStatic } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { tflOpByName } from '#tflite/ops/index.js';
import { tflDialect } from '../../support/dialects.js';
import { kernelCases } from './kernel-cases.js';

/** The runtime at hand cannot be given these, or gives them back as something else. */
const untestable = new Set<DType>(['bfloat16', 'int4', 'complex128', 'string']);

/** `3x4xT [0, 1]` → the type, and the values if any. */
function argument(text: string, short: string): { readonly type: string; readonly values?: readonly number[] } {
  const [, type = '', values] = /^(\S*)(?: \[(.*)\])?$/.exec(text) ?? [];
  const full = type.replace(/T$/, short).replace(/B$/, 'f32');
  return values === undefined ? { type: full } : { type: full, values: values.split(',').map(Number) };
}

/** The case as a signature of the op's name. */
function signatureText(op: string, short: string): string {
  const { args = [], body = '' } = kernelCases[op] ?? {};
  const list = args.map((text, i) => `%${i} "${i}": tensor<${argument(text, short).type}>`).join(', ');
  const outputs = (/return (.*)$/.exec(body)?.[1] ?? '').split(',').map((_, i) => `"${i}"`);
  const typed = body.replace(/tensor<((?:\d+x)*)T>/g, `tensor<$1${short}>`);
  return `signature "${op}" (${list}) -> (${outputs.join(', ')}) {
    ${short === 'i1' ? typed.replace(/const \d+ : tensor<i1>/g, 'const true : tensor<i1>') : typed} }`;
}

function inputTensor(dtype: Exclude<DType, 'string'>, shape: readonly number[], values?: readonly number[]): Tensor {
  const data = allocate(dtype, elementCount(shape));
  const numbers = values ?? Array.from({ length: data.length }, (_, i) => (i % 2) + 1);
  numbers.forEach((number, i) => {
    const value = dtype === 'bool' ? number % 2 : dtype === 'float16' ? numberToFloat16(number) : number;
    data[i] = data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(value) : value;
  });
  return Tensor.from(dtype, shape, data);
}

function inputsOf({ key, region }: Signature, short: string): Record<string, Tensor> {
  const values = (kernelCases[key]?.args ?? []).map((text) => argument(text, short).values);
  const entries = region.args.map(({ type }, i): [string, Tensor] => {
    if (type.kind !== 'tensor' || !isStatic(type.shape) || type.dtype === 'string')
      throw new Error(`${key}: input ${i}`);
    return [String(i), inputTensor(type.dtype, type.shape, values[i])];
  });
  return Object.fromEntries(entries);
}

type Results = ReadonlyMap<string, ReadonlyMap<string, Tensor>>;

/** Outputs of every signature, by its key. */
async function run(module: Module, short: string): Promise<Results> {
  const interpreter = await openInterpreter(serializeModel(exportModule(module)));
  const results = new Map<string, ReadonlyMap<string, Tensor>>();
  try {
    for (const signature of module.signatures) {
      const { outputs } = await interpreter.run(inputsOf(signature, short), { signature: signature.key });
      results.set(signature.key, outputs);
    }
  } finally {
    await interpreter.dispose();
  }
  return results;
}

function moduleOf(dtype: DType): Module {
  const ops = Object.keys(kernelCases).filter((op) => tflOpByName.get(op)?.kernels.includes(dtype));
  return parseModule(ops.map((op) => signatureText(op, dtypes[dtype].short)).join('\n'), tflDialect);
}

/** What differs from the types that definitions infer. */
function wrongTypes(module: Module, results: Results): string[] {
  return module.signatures.flatMap(({ key, region }) =>
    region.outputs.flatMap(({ type }, i) => {
      const tensor = results.get(key)?.get(String(i));
      if (type.kind !== 'tensor' || !type.shape || !tensor) return [`${key}: no tensor of a known rank`];
      const known = type.shape;
      const inferred = `${type.dtype}[${known.map((dim) => dim ?? '?')}]`;
      const computed = `${tensor.dtype}[${tensor.shape.map((dim, at) => (known[at] === null ? '?' : dim))}]`;
      return inferred === computed ? [] : [`${key}: ${inferred} is inferred, ${computed} is computed`];
    }),
  );
}

/** Small integers are the same number in every type; kernels that take plain ones for quantized ones show here. */
function wrongValues(results: Results, reference: Results): string[] {
  const wrong: string[] = [];
  for (const [op, outputs] of results) {
    if (op.startsWith('random') || op === 'multinomial' || op === 'bitcast' || !reference.has(op)) continue;
    for (const [name, tensor] of outputs) {
      const expected = numbersOf(reference.get(op)?.get(name));
      const same = numbersOf(tensor).every((value, i) => value === expected[i] || !isSmall(expected[i]));
      if (!same) wrong.push(`${op}: ${numbersOf(tensor)} instead of ${expected}`);
    }
  }
  return wrong;
}

function isSmall(value: number | undefined): boolean {
  return Number.isInteger(value) && Math.abs(value ?? 0) < 100;
}

function numbersOf(tensor: Tensor | undefined): number[] {
  if (!tensor) return [];
  const decode = tensor.dtype === 'float16' ? float16ToNumber : Number;
  return Array.from(tensor.data as ArrayLike<number>, (value) => decode(value));
}

const testable = (Object.keys(dtypes) as DType[]).filter((dtype) => !untestable.has(dtype));

const floats = moduleOf('float32');
let reference: Results = new Map();
beforeAll(async () => {
  reference = await run(floats, 'f32');
});

// Hundreds of ops, one after the other, in each type.
jest.setTimeout(120_000);

describe.each(testable)('LiteRT in %s', (dtype) => {
  test('computes what definitions say it computes, of the inferred types', async () => {
    const module = moduleOf(dtype);
    const results = await run(module, dtypes[dtype].short);
    expect(wrongTypes(module, results)).toEqual([]);
    if (dtype !== 'complex64' && dtype !== 'bool') expect(wrongValues(results, reference)).toEqual([]);
  });
});

test('all ops have a case, but for those that need state, tables or bodies', () => {
  const without = [...tflOpByName.keys()].filter((name) => !kernelCases[name]);
  expect(without).toMatchInlineSnapshot(`
[
  "densify",
  "embedding_lookup_sparse",
  "hashtable_lookup",
  "lsh_projection",
  "skip_gram",
  "bidirectional_sequence_lstm",
  "bidirectional_sequence_rnn",
  "lstm",
  "rnn",
  "svdf",
  "unidirectional_sequence_lstm",
  "unidirectional_sequence_rnn",
  "call_once",
  "if",
  "while",
  "assign_variable",
  "hashtable",
  "hashtable_find",
  "hashtable_import",
  "hashtable_size",
  "read_variable",
  "var_handle",
  "custom",
]
`);
});
