import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import { verifyModule } from '#ir/verify.js';
import type { FunctionDef, NodeDef, SignatureDef } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { call, constant, float, functionDef, node, savedModel, signatureDef } from '../../support/saved-models.js';

const placeholder = node('x', 'Placeholder', [], { dtype: float });
const xToY = signatureDef({ x: 'x:0' }, { y: 'y:0' });

function imported(nodes: readonly NodeDef[], functions: readonly FunctionDef[] = [], signature = xToY): Module {
  const module = importSavedModel(savedModel({ nodes, functions }), [signature], tfOpByName);
  expect(verifyModule(module)).toEqual([]);
  return module;
}

function problem(nodes: readonly NodeDef[], functions: readonly FunctionDef[] = [], signature = xToY): string {
  try {
    imported(nodes, functions, signature);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join('\n');
  }
  throw new Error('nothing is wrong with it');
}

/** Names of ops, without constants. */
const ops = (module: Module): string[] => [...module.ops()].map((op) => op.name).filter((name) => name !== 'const');

describe('the main graph', () => {
  test('only what the outputs need, in order, under the names of the signature', () => {
    const module = imported([
      node('y', 'AddV2', ['n', 'c']),
      node('n', 'Neg', ['x:0']),
      node('unused', 'Neg', ['x']),
      constant('c', Tensor.float32([1, 2])),
      placeholder,
    ]);
    expect(printModule(module)).toMatchInlineSnapshot(`
"signature "serve" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = tf.Neg(%arg0) {T = "float32"} : tensor<2xf32> loc("n", signature = "serve")
  %c0 = const [1, 2] : tensor<2xf32> loc("c", signature = "serve")
  %1 = tf.AddV2(%0, %c0) {T = "float32"} : tensor<2xf32> loc("y", signature = "serve")
  return %1
}
"
`);
  });

  test('a fed tensor in the middle of the graph cuts it', () => {
    const nodes = [node('y', 'Neg', ['middle']), node('middle', 'Abs', ['nowhere'])];
    expect(ops(imported(nodes, [], signatureDef({ m: 'middle:0' }, { y: 'y:0' })))).toEqual(['tf.Neg']);
  });

  test('an input may be an output, and one tensor several outputs', () => {
    const module = imported(
      [placeholder, node('y', 'Neg', ['x'])],
      [],
      signatureDef({ x: 'x:0' }, { a: 'x:0', b: 'y', c: 'y:0' }),
    );
    expect(printModule(module)).toContain('return %arg0, %0, %0');
  });

  test('control dependencies bring ops with effects', () => {
    const nodes = [
      placeholder,
      node('y', 'Neg', ['x', '^print']),
      node('print', 'PrintV2', ['text', '^text'], {}),
      node('text', 'Mystery', [], {}),
    ];
    expect(ops(imported(nodes))).toEqual(['tf.Mystery', 'tf.PrintV2', 'tf.Neg']);
  });

  test('several results of one node', () => {
    const nodes = [
      placeholder,
      node('u', 'Unpack', ['x'], { T: float, num: { kind: 'int', value: 2 } }),
      node('y', 'Sub', ['u:1', 'u']),
    ];
    expect(printModule(imported(nodes))).toContain('tf.Sub(%1, %0)');
  });

  test('layers are read from node names', () => {
    const text = printModule(
      imported([placeholder, node('y', 'Identity', ['net/conv/Relu']), node('net/conv/Relu', 'Relu', ['x'])]),
    );
    expect(text).toContain('loc("net/conv/Relu", signature = "serve", layer = "conv")');
  });

  test('attributes that are absent have their defaults', () => {
    const nodes = [placeholder, constant('a', Tensor.int32([0])), node('y', 'Sum', ['x', 'a'], {})];
    expect([...imported(nodes).ops()].at(-1)?.attributes).toMatchObject({ keep_dims: false });
  });

  test('100,000 nodes in a row', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => node(`n${i}`, 'Neg', [i === 0 ? 'x' : `n${i - 1}`]));
    const module = importSavedModel(
      savedModel({ nodes: [placeholder, ...chain] }),
      [signatureDef({ x: 'x:0' }, { y: 'n99999:0' })],
      tfOpByName,
    );
    expect(module.signatures[0]?.region.size).toBe(100_000);
  });
});

describe('ops without a definition', () => {
  test('their outputs are known from the references to them', () => {
    const nodes = [
      placeholder,
      node('m', 'Mystery', ['x'], { size: { kind: 'int', value: 3 }, _class: { kind: 'list', items: [] } }),
      node('y', 'AddV2', ['m:2', 'm']),
    ];
    expect(printModule(imported(nodes))).toMatchInlineSnapshot(`
"signature "serve" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0, %1 = tf.Mystery(%arg0) {size = 3} : unknown, unknown loc("m", signature = "serve")
  %2 = tf.AddV2(%0, %1) {T = "float32"} : tensor<*xf32> loc("y", signature = "serve")
  return %2
}
"
`);
  });

  test('in functions, by their own output names', () => {
    const body = functionDef('f', ['a'], { r: 'y:z:0' }, [
      node('m', 'Mystery', ['a'], {}),
      node('y', 'AddV2', ['m:left:0', 'm:right:1']),
    ]);
    const module = imported([placeholder, call('y', 'f', ['x'])], [body]);
    expect(ops(module)).toEqual(['tf.Mystery', 'tf.AddV2']);
    expect([...module.ops()][0]?.results).toHaveLength(2);
  });
});

describe('functions', () => {
  test('calls within calls are inlined, each with its own nodes and location', () => {
    const inner = functionDef('inner', ['a'], { r: 'n:y:0' }, [node('n', 'Neg', ['a'])]);
    const outer = functionDef('outer', ['a'], { s: 'second:output:0', t: 'a' }, [
      call('first', 'inner', ['a']),
      call('second', 'inner', ['first:output:0']),
    ]);
    const nodes = [placeholder, call('c', 'outer', ['x']), node('y', 'AddV2', ['c', 'c:1'])];
    expect(printModule(imported(nodes, [outer, inner]))).toMatchInlineSnapshot(`
"signature "serve" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = tf.Neg(%arg0) {T = "float32"} : tensor<2xf32> loc("n", signature = "serve", function = "inner")
  %1 = tf.Neg(%0) {T = "float32"} : tensor<2xf32> loc("n", signature = "serve", function = "inner")
  %2 = tf.AddV2(%1, %arg0) {T = "float32"} : tensor<2xf32> loc("y", signature = "serve")
  return %2
}
"
`);
  });

  test('a function used as an op has its own output names', () => {
    const swap = functionDef('Swap', ['a', 'b'], { left: 'b', right: 'a' }, []);
    const outer = functionDef('outer', ['a'], { r: 'y:z:0' }, [
      node('n', 'Neg', ['a']),
      node('s', 'Swap', ['a', 'n:y:0'], {}),
      node('y', 'Sub', ['s:left:0', 's:right:0']),
    ]);
    const text = printModule(imported([placeholder, call('y', 'outer', ['x'])], [outer, swap]));
    expect(text).toContain('tf.Sub(%0, %arg0)');
  });

  test('what a function must run besides its results', () => {
    const body = functionDef('f', ['a'], { r: 'a' }, [node('p', 'Mystery', ['a'], {})], { p: 'p' });
    expect(ops(imported([placeholder, call('y', 'f', ['x'])], [body]))).toEqual(['tf.Mystery']);
  });
});

describe('what is wrong with a graph', () => {
  const f = functionDef('f', ['a'], { r: 'n:y:0' }, [node('n', 'Neg', ['a'])]);

  test.each<[string, readonly NodeDef[], readonly FunctionDef[]]>([
    ['an output that does not exist', [placeholder], []],
    ['an input that does not exist', [node('y', 'Neg', ['gone'])], []],
    ['a result that does not exist', [placeholder, node('n', 'Neg', ['x']), node('y', 'Neg', ['n:1'])], []],
    ['a control dependency that does not exist', [placeholder, node('y', 'Neg', ['x', '^gone'])], []],
    ['a reference that is none', [placeholder, node('y', 'Neg', ['x:one'])], []],
    ['a cycle', [node('y', 'Neg', ['z']), node('z', 'Neg', ['y'])], []],
    ['a node that needs itself', [node('y', 'Neg', ['y'])], []],
    ['an attribute that is missing', [placeholder, node('y', 'Neg', ['x'], {})], []],
    ['an attribute of another kind', [placeholder, node('y', 'Neg', ['x'], { T: { kind: 'int', value: 1 } })], []],
    [
      'an attribute that is bound to nothing',
      [placeholder, node('y', 'Neg', ['x'], { T: { kind: 'placeholder', name: 'U' } })],
      [],
    ],
    ['a constant without a value', [node('y', 'Const', [], {})], []],
    [
      'shapes that contradict each other',
      [placeholder, constant('c', Tensor.float32([1, 2, 3])), node('y', 'AddV2', ['x', 'c'])],
      [],
    ],
    ['too few operands', [placeholder, node('y', 'AddV2', ['x'])], []],
    ['a placeholder that is no input', [placeholder, node('z', 'Placeholder', []), node('y', 'AddV2', ['x', 'z'])], []],
    ['a call of nothing', [placeholder, node('y', 'PartitionedCall', ['x'], {})], []],
    ['a call of a function that is not there', [placeholder, call('y', 'g', ['x'])], []],
    ['a call with too many arguments', [placeholder, call('y', 'f', ['x', 'x'])], [f]],
    [
      'a function that does not return its output',
      [placeholder, call('y', 'g', ['x'])],
      [{ ...f, name: 'g', returns: new Map() }],
    ],
    [
      'a function that calls itself',
      [placeholder, call('y', 'g', ['x'])],
      [functionDef('g', ['a'], { r: 'c:output:0' }, [call('c', 'g', ['a'])])],
    ],
    [
      'a loop of TensorFlow 1 without a condition',
      [
        placeholder,
        node('y', 'Exit', ['s:1']),
        node('e', 'Enter', ['x']),
        node('m', 'Merge', ['e', 'n']),
        node('s', 'Switch', ['m', 'm']),
        node('n', 'NextIteration', ['s:1']),
      ],
      [],
    ],
  ])('%s', (_, nodes, functions) => {
    expect(problem(nodes, functions)).toMatchSnapshot();
  });

  test('the place is given', () => {
    try {
      imported(
        [placeholder, call('y', 'f', ['x'])],
        [functionDef('f', ['a'], { r: 'n:y:0' }, [node('n', 'Neg', ['gone:y:0'])])],
      );
    } catch (error) {
      expect((error as DiagnosticError).diagnostics[0]?.locations).toEqual([
        { file: 'model', signature: 'serve', function: 'f', node: 'n' },
      ]);
    }
    expect.assertions(1);
  });
});

describe('signatures', () => {
  const nodes = [placeholder, node('y', 'Neg', ['x'])];
  const model = savedModel({ nodes });

  function refused(signature: SignatureDef, inputShapes: ReadonlyMap<string, readonly number[]> = new Map()): string {
    try {
      importSavedModel(model, [signature], tfOpByName, { inputShapes });
    } catch (error) {
      const [found] = (error as DiagnosticError).diagnostics;
      return `${found?.code}: ${found?.detail} ${found?.help.join(' ')}`;
    }
    throw new Error('it is taken');
  }

  test('shapes of inputs that are given refine the recorded ones', () => {
    const [input] = xToY.inputs;
    const free = { ...xToY, inputs: [{ ...(input as object), shape: [null] }] } as unknown as SignatureDef;
    const module = importSavedModel(model, [free], tfOpByName, { inputShapes: new Map([['x', [7]]]) });
    expect(printModule(module)).toContain('tf.Neg(%arg0) {T = "float32"} : tensor<7xf32>');
  });

  test('shapes that do not fit, of inputs that there are not', () => {
    expect(refused(xToY, new Map([['x', [3]]]))).toMatchInlineSnapshot(
      `"invalid-option: The shape [3] does not fit the input "x", which is [2]. "`,
    );
    expect(refused(xToY, new Map([['image', [2]]]))).toMatchInlineSnapshot(
      `"invalid-option: A shape is given for the input "image", which no chosen signature has. The inputs are: x."`,
    );
  });

  test('sparse and composite tensors, and types without tensors', () => {
    const [input] = xToY.inputs;
    expect(
      refused({ ...xToY, inputs: [{ ...input, encoding: 'sparse' }] } as unknown as SignatureDef),
    ).toMatchInlineSnapshot(
      `"unsupported-model: "x" of the signature "serve" is a sparse tensor; TFLite has dense ones only. Take or return the parts (values, indices, row splits) as dense tensors."`,
    );
    expect(
      refused({ ...xToY, inputs: [{ ...input, dtype: 'variant' }] } as unknown as SignatureDef),
    ).toMatchInlineSnapshot(
      `"unsupported-model: The input "x" of the signature "serve" is of dtype variant, which TFLite does not have. "`,
    );
  });
});
