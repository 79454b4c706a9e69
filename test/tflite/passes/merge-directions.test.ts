import { describe, expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { cancelReversals } from '#tflite/passes/cancel-reversals.js';
import { mergeDirections } from '#tflite/passes/merge-directions.js';
import { parse } from '../../support/dialects.js';
import { reasonsFor, transform } from '../../support/passes.js';

interface Parts {
  readonly forward?: string;
  readonly backward?: string;
  readonly axis?: number;
  readonly end?: string;
}

const RNN = '{time_major = true}';

/** Two plain layers of one and two units, over three steps of two rows. */
function layers({ forward = RNN, backward = RNN, axis = 0, end = 'return %f, %b' }: Parts = {}): string {
  return `signature "f" (%x: tensor<3x2x2xf32>) -> (${end.includes(',') ? '"y", "z"' : '"y"'}) {
    %axis = const [${axis}] : tensor<1xi32> %r = tfl.reverse_v2(%x, %axis)
    %w1 = const [[1, 2]] : tensor<1x2xf32> %u1 = const [[3]] : tensor<1x1xf32> %b1 = const [4] : tensor<1xf32>
    %s1 = const [[0], [0]] : tensor<2x1xf32> %w2 = const [[5, 6], [7, 8]] : tensor<2x2xf32>
    %u2 = const [[9, 10], [11, 12]] : tensor<2x2xf32> %b2 = const [13, 14] : tensor<2xf32>
    %s2 = const [[0, 0], [0, 0]] : tensor<2x2xf32>
    %f = tfl.unidirectional_sequence_rnn(%x, %w1, %u1, %b1, %s1) ${forward}
    %b = tfl.unidirectional_sequence_rnn(%r, %w2, %u2, %b2, %s2) ${backward}
    ${end} }`;
}

/** Two LSTMs of one unit; the backward one stands first. */
const LSTMS = `signature "f" (%x: tensor<1x3x2xf32>) -> ("y") {
  %axis = const [1] : tensor<1xi32> %r = tfl.reverse_v2(%x, %axis)
  %w = const [[1, 2]] : tensor<1x2xf32> %v = const [[3, 4]] : tensor<1x2xf32> %u = const [[5]] : tensor<1x1xf32>
  %b = const [6] : tensor<1xf32> %s = const [[0]] : tensor<1x1xf32>
  %p = tfl.unidirectional_sequence_lstm(%r, %v, %v, %v, %v, %u, %u, %u, %u, none, none, none, %b, %b, %b, %b, none, none, %s, %s)
  %q = tfl.unidirectional_sequence_lstm(%x, %w, %w, %w, %w, %u, %u, %u, %u, none, none, none, %b, %b, %b, %b, none, none, %s, %s) {cell_clip = 3}
  %t = tfl.reverse_v2(%p, %axis) %y = tfl.concatenation(%q, %t) {axis = 2} return %y }`;

function both(text: string): string {
  const module = parse(text);
  runPasses(module, [{ repeat: [mergeDirections, cancelReversals] }], [verifyObserver()]);
  return printModule(module);
}

describe('merge-directions', () => {
  test('two plain layers', () => {
    expect(transform(mergeDirections, layers())).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<3x2x2xf32>) -> ("y", "z") {
  %c0 = const [[1, 2]] : tensor<1x2xf32>
  %c1 = const [[3]] : tensor<1x1xf32>
  %c2 = const [4] : tensor<1xf32>
  %c3 = const splat(0) : tensor<2x1xf32>
  %c4 = const [[5, 6], [7, 8]] : tensor<2x2xf32>
  %c5 = const [[9, 10], [11, 12]] : tensor<2x2xf32>
  %c6 = const [13, 14] : tensor<2xf32>
  %c7 = const splat(0) : tensor<2x2xf32>
  %0, %1 = tfl.bidirectional_sequence_rnn(%arg0, %c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7) {time_major = true} : tensor<3x2x1xf32>, tensor<3x2x2xf32>
  %c8 = const [0] : tensor<1xi32>
  %2 = tfl.reverse_v2(%1, %c8) : tensor<3x2x2xf32>
  return %0, %2
}
"
`);
  });

  test('two LSTMs, whose results are joined', () => {
    expect(both(LSTMS.replace(' {cell_clip = 3}', ''))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<1x3x2xf32>) -> ("y") {
  %c0 = const [[1, 2]] : tensor<1x2xf32>
  %c1 = const [[1, 2]] : tensor<1x2xf32>
  %c2 = const [[1, 2]] : tensor<1x2xf32>
  %c3 = const [[1, 2]] : tensor<1x2xf32>
  %c4 = const [[5]] : tensor<1x1xf32>
  %c5 = const [[5]] : tensor<1x1xf32>
  %c6 = const [[5]] : tensor<1x1xf32>
  %c7 = const [[5]] : tensor<1x1xf32>
  %c8 = const [6] : tensor<1xf32>
  %c9 = const [6] : tensor<1xf32>
  %c10 = const [6] : tensor<1xf32>
  %c11 = const [6] : tensor<1xf32>
  %c12 = const [[3, 4]] : tensor<1x2xf32>
  %c13 = const [[3, 4]] : tensor<1x2xf32>
  %c14 = const [[3, 4]] : tensor<1x2xf32>
  %c15 = const [[3, 4]] : tensor<1x2xf32>
  %c16 = const [[5]] : tensor<1x1xf32>
  %c17 = const [[5]] : tensor<1x1xf32>
  %c18 = const [[5]] : tensor<1x1xf32>
  %c19 = const [[5]] : tensor<1x1xf32>
  %c20 = const [6] : tensor<1xf32>
  %c21 = const [6] : tensor<1xf32>
  %c22 = const [6] : tensor<1xf32>
  %c23 = const [6] : tensor<1xf32>
  %c24 = const [[0]] : tensor<1x1xf32>
  %c25 = const [[0]] : tensor<1x1xf32>
  %c26 = const [[0]] : tensor<1x1xf32>
  %c27 = const [[0]] : tensor<1x1xf32>
  %0 = tfl.bidirectional_sequence_lstm(%arg0, %c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7, none, none, none, %c8, %c9, %c10, %c11, none, none, %c12, %c13, %c14, %c15, %c16, %c17, %c18, %c19, none, none, none, %c20, %c21, %c22, %c23, none, none, %c24, %c25, %c26, %c27) {merge_outputs = true, time_major = false} : tensor<1x3x2xf32>
  return %0
}
"
`);
  });

  test('results of several sequences are joined where the steps are the first axis', () => {
    const several = LSTMS.replace(' {cell_clip = 3}', '')
      .replace('%x: tensor<1x3x2', '%x: tensor<2x3x2')
      .replace('%s = const [[0]] : tensor<1x1xf32>', '%s = const [[0], [0]] : tensor<2x1xf32>');
    expect(both(several)).toMatch(/tfl.bidirectional_sequence_lstm.*\{time_major = false\}/);
    const stepsFirst = several
      .replace('%x: tensor<2x3x2', '%x: tensor<3x2x2')
      .replace('%axis = const [1]', '%axis = const [0]')
      .replaceAll('%s, %s)', '%s, %s) {time_major = true}');
    expect(both(stepsFirst)).toMatch(/tfl.bidirectional_sequence_lstm.*\{merge_outputs = true\}/);
  });

  test('results that are joined where each has its own use stay two', () => {
    const end = '%t = tfl.reverse_v2(%b, %axis) %y = tfl.concatenation(%f, %t) {axis = 2} return %f, %y';
    const text = both(layers({ end }));
    expect(text).toContain('tfl.concatenation');
    expect(text).not.toContain('merge_outputs = true');
  });

  test.each<[string, Parts]>([
    ['rows turned around', { axis: 1 }],
    ['another layout', { forward: '{time_major = false}' }],
    ['another activation', { backward: '{time_major = true, fused_activation_function = "RELU"}' }],
  ])('not with %s', (_, parts) => {
    expect(reasonsFor(mergeDirections, layers(parts))).toMatchSnapshot();
  });

  test('not with other limits of the cell', () => {
    expect(reasonsFor(mergeDirections, LSTMS)).toMatchSnapshot();
  });

  test('not with layer normalization', () => {
    const text = LSTMS.replace(' {cell_clip = 3}', '').replaceAll('%s, %s)', '%s, %s, %b, %b, %b, %b)');
    expect(reasonsFor(mergeDirections, text)).toMatchSnapshot();
  });
});
