import { describe, expect, test } from '@jest/globals';
import { Collector, type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import { type DiagnosticGroup, groupDiagnostics } from '#diagnostics/group.js';
import { renderText } from '#diagnostics/render-text.js';
import { runPasses } from '#passes/run-passes.js';
import type { FunctionDef, NodeDef } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { conversionPasses } from '../../src/pipeline.js';
import { call, constant, float, functionDef, node, savedModel, signatureDef } from '../support/saved-models.js';

const x = node('x', 'Placeholder', [], { dtype: float });

/** What is reported of a model whose output is `y`. */
function reported(
  nodes: readonly NodeDef[],
  functions: readonly FunctionDef[] = [],
  keys: readonly string[] = ['serving_default'],
): readonly Diagnostic[] {
  const model = savedModel({ nodes: [x, ...nodes], functions });
  const signatures = keys.map((key) => ({ ...signatureDef({ x: 'x:0' }, { y: 'y:0' }), key }));
  try {
    const module = importSavedModel(model, signatures, tfOpByName);
    runPasses(module, conversionPasses(model), [], new Collector());
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  return [];
}

const ops = (groups: readonly DiagnosticGroup[]) => groups.map(({ op, count }) => `${op} ${count}`);

/** A chain of ops of which each is `copies` times in the model, with supported ones between them. */
function chain(names: readonly string[], copies: number): NodeDef[] {
  const nodes: NodeDef[] = [];
  let last = 'x';
  for (let copy = 0; copy < copies; copy++) {
    for (const name of names) {
      nodes.push(
        node(`block_${copy}/${name}`, name, [last]),
        node(`block_${copy}/${name}_relu`, 'Relu', [`block_${copy}/${name}`]),
      );
      last = `block_${copy}/${name}_relu`;
    }
  }
  return [...nodes, node('y', 'Identity', [last])];
}

describe('ops without an equivalent', () => {
  test.each([1, 3, 40])('%d of them are listed in one run, grouped, none twice', (count) => {
    const names = Array.from({ length: count }, (_, i) => `Vendor>Op${i}`);
    const diagnostics = reported(chain(names, 2));
    const groups = groupDiagnostics(diagnostics);
    expect(ops(groups)).toEqual(names.map((name) => `${name} 2`));
    const places = groups.flatMap(({ findings }) => findings.flatMap(({ locations }) => locations));
    expect(new Set(places.map((place) => place.node)).size).toBe(2 * count);
    expect(places.every(({ layer }) => layer?.startsWith('block_'))).toBe(true);
    expect(groups.every(({ findings }) => findings.every(({ help }) => help.length > 0))).toBe(true);
    const text = renderText(diagnostics);
    for (const place of places) expect(text).toContain(place.node);
  });

  test.each([1, 3, 40])('%d of them under three signatures are listed once', (count) => {
    const names = Array.from({ length: count }, (_, i) => `Vendor>Op${i}`);
    const diagnostics = reported(chain(names, 1), [], ['classify', 'predict', 'serve']);
    expect(diagnostics.map(({ op, locations }) => [op, locations])).toEqual(
      names.map((name) => [name, [expect.objectContaining({ node: `block_0/${name}` })]]),
    );
    expect(diagnostics.some(({ locations }) => locations.some(({ signature }) => signature))).toBe(false);
  });

  test('ops of TensorFlow that stand behind one another are all found', () => {
    const groups = groupDiagnostics(reported(chain(['BesselI0', 'BesselJ1', 'BesselI0e'], 1)));
    expect(ops(groups)).toEqual(['BesselI0 1', 'BesselJ1 1', 'BesselI0e 1']);
  });

  test('in functions that are called twice, and in the bodies of loops', () => {
    const inner = functionDef('inner', ['a'], { r: 'odd:y:0' }, [node('odd', 'BesselJ0', ['a'])]);
    const condition = functionDef('condition', ['a'], { r: 'less:z:0' }, [
      constant('limit', Tensor.float32([3], [])),
      constant('axes', Tensor.int32([0])),
      node('sum', 'Sum', ['a', 'axes:output:0'], { T: float, Tidx: { kind: 'dtype', value: 'int32' } }),
      node('less', 'Less', ['sum:output:0', 'limit:output:0']),
    ]);
    const body = functionDef('body', ['a'], { r: 'strange:y:0' }, [node('strange', 'BesselY0', ['a'])]);
    const floats = { kind: 'list', items: [float] } as const;
    const loop = node('loop', 'StatelessWhile', ['second'], {
      T: floats,
      cond: { kind: 'function', name: 'condition', attributes: new Map() },
      body: { kind: 'function', name: 'body', attributes: new Map() },
    });
    const nodes = [
      call('first', 'inner', ['x']),
      call('second', 'inner', ['first']),
      loop,
      node('y', 'Identity', ['loop']),
    ];
    const groups = groupDiagnostics(reported(nodes, [inner, condition, body]));
    expect(ops(groups)).toEqual(['BesselJ0 1', 'BesselY0 1']);
  });

  test('equal ops that were merged are both named', () => {
    const nodes = [node('one', 'BesselI1', ['x']), node('two', 'BesselI1', ['x']), node('y', 'AddV2', ['one', 'two'])];
    const [group] = groupDiagnostics(reported(nodes));
    expect(group?.findings[0]?.locations.map((place) => place.node)).toEqual(['one', 'two']);
  });

  test('help goes from a change of the model to a kernel of its own', () => {
    const help = (op: string) => reported([node('y', op, ['x', 'x'])])[0]?.help;
    expect(help('Cross')).toMatchInlineSnapshot(`
[
  "Write the layer with ops that are supported (docs/ops.md lists them), or end the exported function before it and compute the rest outside of the model.",
  "\`--replacements cross-product\` replaces it (docs/replacements.md says by what). \`--allow-custom-op Cross\` leaves it to a kernel of the app's own.",
]
`);
    expect(help('NextAfter')).toMatchInlineSnapshot(`
[
  "Write the layer with ops that are supported (docs/ops.md lists them), or end the exported function before it and compute the rest outside of the model.",
  "A replacement rule of your own may write it with supported ops: \`--replacements FILE\`. \`--allow-custom-op NextAfter\` leaves it to a kernel of the app's own.",
]
`);
    expect(help('Vendor>Odd')).toMatchInlineSnapshot(`
[
  "Write the layer with ops that are supported (docs/ops.md lists them), or end the exported function before it and compute the rest outside of the model.",
  "A replacement rule of your own may write it with supported ops: \`--replacements FILE\`. \`--allow-custom-op Vendor>Odd\` leaves it to a kernel of the app's own.",
]
`);
  });
});
