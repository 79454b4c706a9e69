import { describe, expect, test } from '@jest/globals';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { printModule } from '#ir/print.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { replacementsBy } from '#tensorflow/passes/apply-replacements.js';
import { parseRule, type RuleText } from '#tensorflow/replacements/parse-rule.js';
import { parse } from '../../support/dialects.js';

function rule(text: Partial<RuleText>): RuleText {
  return { name: 'rule', summary: '', pattern: {}, replacement: {}, tolerance: 0, ...text };
}

function applied(texts: readonly RuleText[], source: string) {
  const { pass, applied: done } = replacementsBy(texts.map(parseRule));
  const module = parse(source);
  const collector = new Collector();
  try {
    runPasses(module, [pass], [verifyObserver()], collector);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return {
    text: printModule(module),
    sides: done.map(({ sides }) => printModule(sides)),
    findings: collector.diagnostics.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

const swish = rule({ pattern: { y: 'Mul(x, Sigmoid(x))' }, replacement: { y: 'Mul(x, Relu6(Add(x, 3)))' } });

describe('replacementsBy', () => {
  test('a pattern of several ops, in either order of a commutative one', () => {
    const { text, findings } = applied(
      [swish],
      `signature "f" (%x: tensor<?x3xf32>) -> ("y") {
        %s = tf.Sigmoid(%x) loc("s") %y = tf.Mul(%s, %x) loc("y") return %y }`,
    );
    expect(findings).toEqual([]);
    expect(text).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>) -> ("y") {
  %c0 = const 3 : tensor<f32> loc("y")
  %0 = tf.Add(%arg0, %c0) {T = "float32"} : tensor<?x3xf32> loc("y")
  %1 = tf.Relu6(%0) : tensor<?x3xf32> loc("y")
  %2 = tf.Mul(%arg0, %1) {T = "float32"} : tensor<?x3xf32> loc("y")
  return %2
}
"
`);
  });

  test('ops of the pattern that others use stay', () => {
    const { text } = applied(
      [swish],
      `signature "f" (%x: tensor<3xf32>) -> ("y", "s") {
        %s = tf.Sigmoid(%x) %y = tf.Mul(%x, %s) return %y, %s }`,
    );
    expect(text).toMatch(/tf\.Sigmoid/);
    expect(text).toMatch(/tf\.Relu6/);
  });

  test('attributes, constants and conditions decide', () => {
    const picky = rule({
      pattern: { y: 'Sum(Mul(x, 0.5), axis, keep_dims=true)' },
      where: { axis: { constant: true }, x: { dtype: ['float32'], rank: 2 } },
      replacement: { y: 'Mul(Mean(x, axis, keep_dims=true), 1.5)' },
    });
    const source = (factor: number, keep: boolean, type: string) => `
      signature "f" (%x: tensor<${type}>) -> ("y") {
        %h = const ${factor} : tensor<f32> %a = const [1] : tensor<1xi32>
        %m = tf.Mul(%x, %h) %y = tf.Sum(%m, %a) {keep_dims = ${keep}} return %y }`;
    expect(applied([picky], source(0.5, true, '2x3xf32')).text).toMatch(/tf\.Mean/);
    for (const other of [
      source(0.25, true, '2x3xf32'),
      source(0.5, false, '2x3xf32'),
      source(0.5, true, '4x2x3xf32'),
    ]) {
      const { text, findings } = applied([picky], other);
      expect(text).not.toMatch(/tf\.Mean/);
      expect(findings).toEqual(['replacement-unused: The rule rule found nothing to replace.']);
    }
  });

  test('results of other types are refused, and nothing is left behind', () => {
    const wrong = rule({ pattern: { y: 'Neg(x)' }, replacement: { y: 'Sum(x, [0])' } });
    const { text, findings } = applied(
      [wrong],
      'signature "f" (%x: tensor<2x3xf32>) -> ("y") { %y = tf.Neg(%x) loc("n") return %y }',
    );
    expect(text).not.toMatch(/tf\.Sum/);
    expect(findings).toMatchInlineSnapshot(`
[
  "replacement-unfit: The rule rule does not fit: its result is tensor<3xf32> in place of tensor<2x3xf32>.",
]
`);
  });

  test('ops that are given wrongly are refused', () => {
    const findings = ['Mul(x)', 'Mystery(x)', 'Sum(x, [0], keep=true)', 'Cast(x)', 'Sum(x, 0.5)'].flatMap(
      (replacement) =>
        applied(
          [rule({ pattern: { y: 'Neg(x)' }, replacement: { y: replacement } })],
          'signature "f" (%x: tensor<3xf32>) -> ("y") { %y = tf.Neg(%x) return %y }',
        ).findings,
    );
    expect(findings).toMatchInlineSnapshot(`
[
  "replacement-unfit: The rule rule does not fit: Mul takes 2 operands, not 1.",
  "replacement-unfit: The rule rule does not fit: TensorFlow has no op Mystery.",
  "replacement-unfit: The rule rule does not fit: Sum has no attribute \`keep\`.",
  "replacement-unfit: The rule rule does not fit: Cast needs the attribute \`DstT\`.",
  "replacement-unfit: The rule rule does not fit: 0.5 is no int32.",
]
`);
  });

  test('an operand or a constant may be all that is left', () => {
    const identity = rule({ pattern: { y: 'Neg(Neg(x))' }, replacement: { y: 'x' } });
    const source = 'signature "f" (%x: tensor<3xf32>) -> ("y") { %a = tf.Neg(%x) %y = tf.Neg(%a) return %y }';
    expect(applied([identity], source).text).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<3xf32>) -> ("y") {
  return %arg0
}
"
`);
    const zero = rule({ pattern: { y: 'Neg(x)' }, where: { x: { shape: [2] } }, replacement: { y: '[0, 0]' } });
    const text = 'signature "f" (%x: tensor<2xf32>) -> ("y") { %y = tf.Neg(%x) return %y }';
    expect(applied([zero], text).text).toMatch(/const splat\(0\) : tensor<2xf32>/);
  });

  test('both sides are kept apart from the model, constants included', () => {
    const { sides } = applied(
      [rule({ pattern: { y: 'Mul(x, c)' }, where: { c: { constant: true } }, replacement: { y: 'Mul(c, x)' } })],
      `signature "f" (%x: tensor<?xf32>) -> ("y") { %c = const 2 : tensor<f32> %r = tf.Relu(%x) %y = tf.Mul(%r, %c) return %y }`,
    );
    expect(sides[0]).toMatchInlineSnapshot(`
"signature "pattern" (%arg0 "x": tensor<?xf32>) -> ("output0") {
  %c0 = const 2 : tensor<f32>
  %0 = tf.Mul(%arg0, %c0) {T = "float32"} : tensor<?xf32>
  return %0
}

signature "replacement" (%arg0 "x": tensor<?xf32>) -> ("output0") {
  %c0 = const 2 : tensor<f32>
  %0 = tf.Mul(%c0, %arg0) {T = "float32"} : tensor<?xf32>
  return %0
}
"
`);
  });
});
