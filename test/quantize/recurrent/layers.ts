/** Recurrent ops of two units over three steps of two rows with two features, in the text form. */

const WEIGHTS = `%w1 = const [[0.5, -0.25], [0.75, 1]] : tensor<2x2xf32> %w2 = const [[-1, 0.5], [0.25, 0.5]] : tensor<2x2xf32>
  %w3 = const [[1.5, -0.5], [-0.75, 0.5]] : tensor<2x2xf32> %w4 = const [[0.5, 0.25], [1, -1]] : tensor<2x2xf32>
  %u1 = const [[0.25, 0.5], [-0.5, 0.75]] : tensor<2x2xf32> %u2 = const [[0.5, 0.5], [0.25, -0.25]] : tensor<2x2xf32>
  %u3 = const [[-0.25, 1], [0.5, 0.25]] : tensor<2x2xf32> %u4 = const [[1, 0.25], [-0.5, 0.5]] : tensor<2x2xf32>
  %b1 = const [0.5, -0.25] : tensor<2xf32> %b2 = const [1, 0.75] : tensor<2xf32> %b3 = const [0, 0.5] : tensor<2xf32>
  %b4 = const [-0.5, 0.25] : tensor<2xf32> %s = const [[0, 0], [0, 0]] : tensor<2x2xf32>`;

const FORWARD = '%w1, %w2, %w3, %w4, %u1, %u2, %u3, %u4, none, none, none, %b1, %b2, %b3, %b4, none, none';
const BACKWARD = '%w2, %w3, %w1, %w4, %u4, %u1, %u2, %u3, none, none, none, %b3, %b1, %b2, %b4, none, none';

function layer(op: string, shape: string, results = '%y'): string {
  return `signature "f" (%x: tensor<${shape}xf32>) -> (${results.includes(',') ? '"y", "z"' : '"y"'}) {
    ${WEIGHTS} ${results} = tfl.${op} return ${results} }`;
}

/** By name; `shape` is that of the input, unknown sizes as `?`. */
export const layers = {
  lstm: layer(`unidirectional_sequence_lstm(%x, ${FORWARD}, %s, %s)`, '2x3x2'),
  lstmStepsFirst: layer(`unidirectional_sequence_lstm(%x, ${FORWARD}, %s, %s) {time_major = true}`, '3x2x2'),
  lstmAnyLength: layer(`unidirectional_sequence_lstm(%x, ${FORWARD}, %s, %s)`, '2x?x2'),
  rnn: layer('unidirectional_sequence_rnn(%x, %w1, %u1, %b1, %s)', '2x3x2'),
  reluRnn: layer('unidirectional_sequence_rnn(%x, %w1, %u1, %b1, %s) {fused_activation_function = "RELU"}', '2x3x2'),
  bidirectionalLstm: layer(
    `bidirectional_sequence_lstm(%x, ${FORWARD}, ${BACKWARD}, %s, %s, %s, %s) {time_major = false}`,
    '2x3x2',
    '%y, %z',
  ),
  mergedRnn: layer(
    'bidirectional_sequence_rnn(%x, %w1, %u1, %b1, %s, %w2, %u2, %b2, %s) {merge_outputs = true, time_major = true}',
    '3x2x2',
  ),
};

/** Twelve numbers, in whatever shape the input has. */
export const INPUT = [0.5, -1, 1.5, 0.25, -0.75, 1, 2, -0.5, 0, 1.25, -1.5, 0.75];
