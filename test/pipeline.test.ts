import { describe, expect, test } from '@jest/globals';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { printModule } from '#ir/print.js';
import { passesOf, runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import type { FunctionDef, NodeDef } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { conversionPasses } from '../src/pipeline.js';
import { parse } from './support/dialects.js';
import { RandomModule } from './support/random-module.js';
import { sameResults } from './support/same-results.js';
import { call, constant, float, functionDef, node, savedModel, signatureDef } from './support/saved-models.js';

const nothing = savedModel({ nodes: [] });
const passes = passesOf(conversionPasses(nothing));

interface Model {
  readonly nodes: readonly NodeDef[];
  readonly functions?: readonly FunctionDef[];
  readonly variables?: Readonly<Record<string, Tensor>>;
}

const x = node('x', 'Placeholder', [], { dtype: float });

/** The text of the converted module; or what is reported. */
function converted(parts: Model): string | string[] {
  const model = savedModel(parts);
  const module = importSavedModel(model, [signatureDef({ x: 'x:0' }, { y: 'y:0' })], tfOpByName);
  const collector = new Collector();
  try {
    runPasses(module, conversionPasses(model), [verifyObserver()], collector);
    return printModule(module);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, op, detail }) => `${code} ${op}: ${detail}`);
  }
}

describe('conversionPasses', () => {
  test('the order of passes', () => {
    expect(passes.map(({ name }) => name)).toMatchInlineSnapshot(`
[
  "remove-dead-ops",
  "place-constants-in-bodies",
  "remove-dead-assignments",
  "freeze-variables",
  "widen-half-floats",
  "initialise-variables",
  "fold-constants",
  "infer-types",
  "fold-shape-arithmetic",
  "place-constants-in-bodies",
  "inline-known-branches",
  "unroll-short-loops",
  "merge-equal-carried-values",
  "remove-dead-carried-values",
  "lower-tensor-lists",
  "hoist-loop-invariants",
  "compute-steps-at-once",
  "move-work-behind-loops",
  "multiply-without-reshapes",
  "remove-dead-ops",
  "merge-duplicate-ops",
  "recognise-gelu",
  "recognise-dilated-convolution",
  "lower-tables",
  "remove-dead-ops",
  "lower-to-tflite",
  "remove-dead-ops",
  "recognise-clamp",
  "recognise-hard-swish",
  "recognise-prelu",
  "recognise-l2-normalization",
  "sink-transposes",
  "merge-reshapes",
  "transpose-in-matmul",
  "keep-reduced-dims",
  "simplify-arithmetic",
  "hoist-constants",
  "fuse-padding",
  "fold-scale-into-weights",
  "fuse-bias",
  "fuse-activation",
  "supply-bias",
  "remove-dead-ops",
  "merge-duplicate-ops",
  "check-kernels",
]
`);
  });

  test('a variable, a call and an activation', () => {
    const variable = node('w', 'VarHandleOp', [], { dtype: float, shape: { kind: 'shape', value: [2] } });
    const body = functionDef('dense', ['a', 'v'], { r: 'relu:activations:0' }, [
      node('read', 'ReadVariableOp', ['v'], { dtype: float }),
      node('sum', 'AddV2', ['a', 'read:value:0']),
      node('relu', 'Relu', ['sum:z:0']),
    ]);
    const nodes = [x, variable, call('y', 'dense', ['x', 'w'])];
    expect(converted({ nodes, functions: [body], variables: { w: Tensor.float32([1, 2]) } })).toMatchInlineSnapshot(`
"signature "serve" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %c0 = const [1, 2] : tensor<2xf32> loc("read", signature = "serve", function = "dense")
  %0 = tfl.add(%arg0, %c0) {fused_activation_function = "RELU"} : tensor<2xf32> loc("relu", signature = "serve", function = "dense" + "sum", signature = "serve", function = "dense")
  return %0
}
"
`);
  });

  test('everything that TFLite cannot do is reported at once, with what hangs on it', () => {
    const nodes = [
      x,
      node('m', 'Mystery', ['x']),
      node('n', 'Neg', ['m:1']),
      node('o', 'Riddle', ['n']),
      node('y', 'AddV2', ['o', 'x']),
    ];
    expect(converted({ nodes })).toMatchInlineSnapshot(`
[
  "unsupported-op Mystery: TFLite has no op for it",
  "unsupported-op Riddle: TFLite has no op for it",
]
`);
  });

  test('a variable that is written', () => {
    const nodes = [
      x,
      node('w', 'VarHandleOp', [], { dtype: float, shape: { kind: 'shape', value: [2] } }),
      node('assign', 'AssignVariableOp', ['w', 'x'], { dtype: float }),
      node('y', 'ReadVariableOp', ['w', '^assign'], { dtype: float }),
    ];
    expect(converted({ nodes, variables: { w: Tensor.float32([1, 2]) } })).toMatchInlineSnapshot(`
"signature "serve" (%arg0 "x": tensor<2xf32>) -> ("y") {
  tfl.call_once() () {
    %0 = tfl.var_handle() {shared_name = "w"} : resource<tensor<2xf32>> loc("w", signature = "serve")
    %c0 = const [1, 2] : tensor<2xf32> loc("w", signature = "serve")
    tfl.assign_variable(%0, %c0) loc("w", signature = "serve")
    return
  } loc("w", signature = "serve")
  %0 = tfl.var_handle() {shared_name = "w"} : resource<tensor<2xf32>> loc("w", signature = "serve")
  tfl.assign_variable(%0, %arg0) loc("assign", signature = "serve")
  %1 = tfl.read_variable(%0) : tensor<2xf32> loc("y", signature = "serve")
  return %1
}
"
`);
  });

  test('a model of constants only', () => {
    expect(converted({ nodes: [x, constant('y', Tensor.float32([1, 2]))] })).toContain('return %c0');
  });

  test('a long row of sums and products, each revealed by the one before', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `%p${i} = tfl.mul(%s${i}, %t) %s${i + 1} = tfl.add(%p${i}, %c)`);
    const module = parse(`signature "f" (%x: tensor<?x2xf32>) -> ("y") {
      %w = const [[1, 2], [3, 4]] : tensor<2x2xf32> %t = const [1, 0.5] : tensor<2xf32> %c = const [1, 2] : tensor<2xf32>
      %s0 = tfl.fully_connected(%x, %w, none) ${lines.join('\n')} return %s60 }`);
    runPasses(module, conversionPasses(nothing), [verifyObserver()]);
    expect([...module.ops()].map(({ name }) => name)).toEqual(['const', 'const', 'tfl.fully_connected']);
  });
});

/** More of them, at another place, by `FUZZ=200:1000`: number and first seed. */
const [count = 12, first = 1] = (process.env['FUZZ'] ?? '').split(':').filter(Boolean).map(Number);

describe('random modules compute the same before and after', () => {
  test.each(Array.from({ length: count }, (_, i) => first + i))('seed %d', async (seed) => {
    const text = new RandomModule(seed).text(12);
    try {
      await sameResults(conversionPasses(nothing), text, { sizes: [2], tolerance: 1e-5 });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${text}`);
    }
  });
});
