import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { runPasses } from '#passes/run-passes.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { exportModule } from '#tflite/export/export-module.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { recogniseRecurrent } from '#tflite/passes/recognise-recurrent.js';
import { parse } from '../../support/dialects.js';
import { findings, reasonsFor, runPass, transform } from '../../support/passes.js';

interface Parts {
  /** Gates from `%g0` on, to `%o`, the output, and `%d`, the state of the cell. */
  readonly cell?: string;
  readonly sum?: string;
  readonly before?: string;
  readonly state?: string;
  readonly rounds?: number;
  readonly given?: string;
  readonly test?: string;
}

const LSTM = `%i = tfl.logistic(%g0) %f = tfl.logistic(%g1) %c1 = tfl.tanh(%g2) %o1 = tfl.logistic(%g3)
  %fresh = tfl.mul(%c1, %i) %kept = tfl.mul(%f, %c) %d = tfl.add(%fresh, %kept)
  %t = tfl.tanh(%d) %o = tfl.mul(%t, %o1)`;

/** An LSTM of one unit and two features, over three steps of two rows. */
function lstm({ cell = LSTM, sum = '%z = tfl.add(%a, %b)', before = '', ...parts }: Parts = {}): string {
  const { state = '[[0], [0]]', rounds = 3, given = '%all#1', test = 'tfl.less(%n, %limit)' } = parts;
  return `signature "f" (%x: tensor<3x2x2xf32>) -> ("y") {
    %start = const 0 : tensor<i32> %zeros = const ${state} : tensor<2x1xf32>
    %list = const [[[0], [0]], [[0], [0]], [[0], [0]]] : tensor<3x2x1xf32>
    %w = const [[1, 2], [3, 4], [5, 6], [7, 8]] : tensor<4x2xf32> %wb = const [1, 1, 1, 2] : tensor<4xf32>
    %p = tfl.fully_connected(%x, %w, %wb) {keep_num_dims = true}
    ${before}
    %n9, %list9, %h9, %c9, %p9 = tfl.while(%start, %list, %zeros, %zeros, ${before === '' ? '%p' : '%q'})
      (%n: tensor<i32>, %l: tensor<3x2x1xf32>, %h: tensor<2x1xf32>, %c: tensor<2x1xf32>, %s: tensor<3x2x4xf32>) {
        %limit = const ${rounds} : tensor<i32> %go = ${test} return %go }
      (%n: tensor<i32>, %l: tensor<3x2x1xf32>, %h: tensor<2x1xf32>, %c: tensor<2x1xf32>, %s: tensor<3x2x4xf32>) {
        %one = const 1 : tensor<i32> %zero = const 0 : tensor<i32> %m = tfl.add(%n, %one)
        %r = const [[0.1], [0.2], [0.3], [0.4]] : tensor<4x1xf32> %rb = const [10, 20, 30, 40] : tensor<4xf32>
        %a = tfl.gather(%s, %n) %b = tfl.fully_connected(%h, %r, %rb) ${sum}
        %g0, %g1, %g2, %g3 = tfl.split(%one, %z) {num_splits = 4}
        ${cell}
        %shape = const [1, 2, 1] : tensor<3xi32> %u = tfl.reshape(%o, %shape)
        %at = tfl.pack(%n, %zero, %zero) {values_count = 3} %v = tfl.dynamic_update_slice(%l, %u, %at)
        return %m, %v, %o, %d, %s }
    return ${given.replace('%all#1', '%list9')} }`;
}

describe('recognise-recurrent', () => {
  test('an LSTM, its gates in whatever order', () => {
    expect(transform(recogniseRecurrent, lstm())).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<3x2x2xf32>) -> ("y") {
  %c0 = const [[1, 2]] : tensor<1x2xf32>
  %c1 = const [[3, 4]] : tensor<1x2xf32>
  %c2 = const [[5, 6]] : tensor<1x2xf32>
  %c3 = const [[7, 8]] : tensor<1x2xf32>
  %c4 = const [[0.1]] : tensor<1x1xf32>
  %c5 = const [[0.2]] : tensor<1x1xf32>
  %c6 = const [[0.3]] : tensor<1x1xf32>
  %c7 = const [[0.4]] : tensor<1x1xf32>
  %c8 = const [11] : tensor<1xf32>
  %c9 = const [21] : tensor<1xf32>
  %c10 = const [31] : tensor<1xf32>
  %c11 = const [42] : tensor<1xf32>
  %c12 = const splat(0) : tensor<2x1xf32>
  %c13 = const splat(0) : tensor<2x1xf32>
  %0 = tfl.unidirectional_sequence_lstm(%arg0, %c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7, none, none, none, %c8, %c9, %c10, %c11, none, none, %c12, %c13) {time_major = true} : tensor<3x2x1xf32>
  return %0
}
"
`);
    const swapped = LSTM.replace('%g0', '%gx').replace('%g3', '%g0').replace('%gx', '%g3');
    expect(transform(recogniseRecurrent, lstm({ cell: swapped }))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<3x2x2xf32>) -> ("y") {
  %c0 = const [[7, 8]] : tensor<1x2xf32>
  %c1 = const [[3, 4]] : tensor<1x2xf32>
  %c2 = const [[5, 6]] : tensor<1x2xf32>
  %c3 = const [[1, 2]] : tensor<1x2xf32>
  %c4 = const [[0.4]] : tensor<1x1xf32>
  %c5 = const [[0.2]] : tensor<1x1xf32>
  %c6 = const [[0.3]] : tensor<1x1xf32>
  %c7 = const [[0.1]] : tensor<1x1xf32>
  %c8 = const [42] : tensor<1xf32>
  %c9 = const [21] : tensor<1xf32>
  %c10 = const [31] : tensor<1xf32>
  %c11 = const [11] : tensor<1xf32>
  %c12 = const splat(0) : tensor<2x1xf32>
  %c13 = const splat(0) : tensor<2x1xf32>
  %0 = tfl.unidirectional_sequence_lstm(%arg0, %c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7, none, none, none, %c8, %c9, %c10, %c11, none, none, %c12, %c13) {time_major = true} : tensor<3x2x1xf32>
  return %0
}
"
`);
  });

  test('the last step alone', () => {
    const text = transform(recogniseRecurrent, lstm({ given: '%h9' }));
    expect(text).toContain('const 2 : tensor<i32>');
    expect(text).toMatch(/tfl.gather\(%0, %c\d+\) : tensor<2x1xf32>/);
  });

  test('what is done to the projections is done to the input', () => {
    const text = transform(
      recogniseRecurrent,
      lstm({ before: '%axis = const [0] : tensor<1xi32> %q = tfl.reverse_v2(%p, %axis)' }),
    );
    expect(text).toMatch(/%0 = tfl.reverse_v2\(%arg0, %c\d+\) : tensor<3x2x2xf32>/);
    expect(text).toContain('tfl.unidirectional_sequence_lstm(%0, ');
  });

  test('steps stay the second axis where they are', () => {
    const swap = '%swap = const [1, 0, 2] : tensor<3xi32>';
    const text = lstm({ before: `${swap} %q = tfl.transpose(%p, %swap)` }).replace(
      '%x: tensor<3x2x2',
      '%x: tensor<2x3x2',
    );
    expect(transform(recogniseRecurrent, text)).toMatch(
      /%0 = tfl.unidirectional_sequence_lstm\(%arg0, .*\) : tensor<2x3x1xf32>\n.*\n {2}%1 = tfl.transpose\(%0, %c\d+\)/,
    );
    expect(transform(recogniseRecurrent, text.replace('return %list9 }', 'return %h9 }'))).toMatch(
      /tfl.gather\(%0, %c\d+\) \{axis = 1\} : tensor<2x1xf32>/,
    );
    const turned = `${swap} %axis = const [-2] : tensor<1xi32> %r = tfl.reverse_v2(%p, %axis) %q = tfl.transpose(%r, %swap)`;
    const backwards = lstm({ before: turned }).replace('%x: tensor<3x2x2', '%x: tensor<2x3x2');
    expect(transform(recogniseRecurrent, backwards)).toMatch(
      /%c0 = const \[1\].*\n {2}%0 = tfl.reverse_v2\(%arg0, %c0\) : tensor<2x3x2xf32>/,
    );
  });

  test('rows that change places are put there first', () => {
    const before = '%axis = const [1] : tensor<1xi32> %q = tfl.reverse_v2(%p, %axis)';
    const text = transform(recogniseRecurrent, lstm({ before }));
    expect(text).toMatch(/%0 = tfl.reverse_v2\(%arg0, %c\d+\) : tensor<3x2x2xf32>/);
    expect(text).toMatch(/lstm\(%0, .*time_major = true/);
  });

  test('a length that run time tells', () => {
    const text = (length: string) => `signature "f" (%x: tensor<1x?x2xf32>, %other: tensor<i32>) -> ("y") {
      %start = const 0 : tensor<i32> %zeros = const [[0]] : tensor<1x1xf32> %one1 = const [1] : tensor<1xi32>
      %zero1 = const [0] : tensor<1xi32> %two1 = const [2] : tensor<1xi32>
      %w = const [[1, 2]] : tensor<1x2xf32> %shape = const [-1, 1, 2] : tensor<3xi32>
      %q = tfl.reshape(%x, %shape) %sizes = tfl.shape(%q)
      %length = tfl.strided_slice(%sizes, %zero1, %one1, %one1) {shrink_axis_mask = 1}
      %features = tfl.strided_slice(%sizes, %two1, %two1, %one1) {shrink_axis_mask = 1}
      %p = tfl.fully_connected(%q, %w, none) {keep_num_dims = true}
      %n9, %h9, %p9, %t9 = tfl.while(%start, %zeros, %p, %${length})
        (%n: tensor<i32>, %h: tensor<1x1xf32>, %s: tensor<?x1x1xf32>, %t: tensor<i32>) {
          %go = tfl.less(%n, %t) return %go }
        (%n: tensor<i32>, %h: tensor<1x1xf32>, %s: tensor<?x1x1xf32>, %t: tensor<i32>) {
          %one = const 1 : tensor<i32> %m = tfl.add(%n, %one) %r = const [[0.1]] : tensor<1x1xf32>
          %c = tfl.gather(%s, %n) %d = tfl.fully_connected(%h, %r, none)
          %e = tfl.add(%c, %d) %o = tfl.tanh(%e) return %m, %o, %s, %t }
      return %h9 }`;
    expect(transform(recogniseRecurrent, text('length'))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<1x?x2xf32>, %arg1 "other": tensor<i32>) -> ("y") {
  %c0 = const [1] : tensor<1xi32>
  %c1 = const [2] : tensor<1xi32>
  %c2 = const [-1, 1, 2] : tensor<3xi32>
  %0 = tfl.reshape(%arg0, %c2) : tensor<?x1x2xf32>
  %1 = tfl.shape(%0) : tensor<3xi32>
  %2 = tfl.strided_slice(%1, %c1, %c1, %c0) {shrink_axis_mask = 1} : tensor<i32>
  %c3 = const [[1, 2]] : tensor<1x2xf32>
  %c4 = const [[0.1]] : tensor<1x1xf32>
  %c5 = const [0] : tensor<1xf32>
  %c6 = const [[0]] : tensor<1x1xf32>
  %3 = tfl.unidirectional_sequence_rnn(%arg0, %c3, %c4, %c5, %c6) : tensor<1x?x1xf32>
  %c7 = const splat(1) : tensor<3xi32>
  %c8 = const [0, -1, 0] : tensor<3xi32>
  %c9 = const splat(0) : tensor<3xi32>
  %4 = tfl.strided_slice(%3, %c8, %c9, %c7) {begin_mask = 5, end_mask = 5, shrink_axis_mask = 2} : tensor<1x1xf32>
  return %4
}
"
`);
    for (const other of ['other', 'features']) {
      expect(reasonsFor(recogniseRecurrent, text(other))).toEqual([
        'tfl.while: it does not take a whole sequence of a fixed batch',
      ]);
    }
  });

  test('a plain layer of a single sequence', () => {
    const text = `signature "f" (%x: tensor<1x3x2xf32>) -> ("y") {
      %start = const 0 : tensor<i32> %zeros = const [[0]] : tensor<1x1xf32>
      %w = const [[1, 2]] : tensor<1x2xf32> %shape = const [3, 1, 2] : tensor<3xi32> %axis = const [0] : tensor<1xi32>
      %q = tfl.reshape(%x, %shape) %v = tfl.reverse_v2(%q, %axis)
      %p = tfl.fully_connected(%v, %w, none) {keep_num_dims = true}
      %n9, %h9, %p9 = tfl.while(%start, %zeros, %p) (%n: tensor<i32>, %h: tensor<1x1xf32>, %s: tensor<3x1x1xf32>) {
          %limit = const 3 : tensor<i32> %a = tfl.less(%n, %limit) %go = tfl.logical_and(%a, %a) return %go }
        (%n: tensor<i32>, %h: tensor<1x1xf32>, %s: tensor<3x1x1xf32>) {
          %one = const 1 : tensor<i32> %m = tfl.add(%n, %one) %r = const [[0.1]] : tensor<1x1xf32>
          %b = const [10] : tensor<1xf32> %c = tfl.gather(%s, %n) %d = tfl.fully_connected(%h, %r, none)
          %e = tfl.add(%c, %d) %f = tfl.add(%b, %e) %o = tfl.tanh(%f) return %m, %o, %s }
      return %h9 }`;
    expect(transform(recogniseRecurrent, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<1x3x2xf32>) -> ("y") {
  %c0 = const [1] : tensor<1xi32>
  %0 = tfl.reverse_v2(%arg0, %c0) : tensor<1x3x2xf32>
  %c1 = const [[1, 2]] : tensor<1x2xf32>
  %c2 = const [[0.1]] : tensor<1x1xf32>
  %c3 = const [10] : tensor<1xf32>
  %c4 = const [[0]] : tensor<1x1xf32>
  %1 = tfl.unidirectional_sequence_rnn(%0, %c1, %c2, %c3, %c4) : tensor<1x3x1xf32>
  %c5 = const 2 : tensor<i32>
  %2 = tfl.gather(%1, %c5) {axis = 1} : tensor<1x1xf32>
  return %2
}
"
`);
  });

  test.each<[string, Parts]>([
    ['a state that does not start at zero', { state: '[[0], [1]]' }],
    ['fewer rounds than steps', { rounds: 2 }],
    ['another end', { test: 'tfl.less_equal(%n, %limit)' }],
    ['the state of the cell in use', { given: '%c9' }],
    ['another activation', { cell: LSTM.replace('%c1 = tfl.tanh', '%c1 = tfl.relu') }],
    ['gates that share no cell', { cell: LSTM.replace('tfl.mul(%f, %c)', 'tfl.mul(%f, %h)') }],
    ['a clipped sum', { sum: '%z = tfl.add(%a, %b) {fused_activation_function = "RELU6"}' }],
    ['more terms', { sum: '%y1 = tfl.add(%a, %b) %z = tfl.add(%y1, %a)' }],
    ['projections that are none', { before: '%q = tfl.relu(%p)' }],
  ])('not with %s', (_, parts) => {
    const { changed, reasons } = runPass(recogniseRecurrent, lstm(parts));
    expect([changed, reasons]).toMatchSnapshot();
  });

  test('what it means is said once', () => {
    expect(findings(recogniseRecurrent, lstm())).toEqual([
      'fused-recurrent-state: A recurrent layer became an op that keeps a state.',
    ]);
    expect(findings(recogniseRecurrent, lstm({ rounds: 2 }))).toEqual([
      'recurrent-not-fused: None of the loops of the model could become one op.',
    ]);
  });

  test('such a file is refused where it cannot run', async () => {
    const module = parse(lstm());
    runPasses(module, [recogniseRecurrent]);
    const refusal = await openInterpreter(serializeModel(exportModule(module)))
      .then((interpreter) => interpreter.run(new Map()))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DiagnosticError);
    const [found] = (refusal as DiagnosticError).diagnostics;
    expect(found?.detail).toBe(
      "UNIDIRECTIONAL_SEQUENCE_LSTM keeps its state in variable tensors, which LiteRT's CompiledModel refuses.",
    );
  });
});
