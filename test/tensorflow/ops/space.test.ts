import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const operands = (block: string, margins: string) => {
  const count = block.split(',').length;
  return `%b = const [${block}] : tensor<${count}xi32> %m = const [${margins}] : tensor<${count}x2xi32>`;
};
const toBatch = (block: string, margins: string) => `${operands(block, margins)} %y = tf.SpaceToBatchND(%x, %b, %m)`;
const toSpace = (block: string, margins: string) => `${operands(block, margins)} %y = tf.BatchToSpaceND(%x, %b, %m)`;

describe('SpaceToBatchND and BatchToSpaceND', () => {
  test('sizes', () => {
    expect(inferred('%x: tensor<?x4x7x3xf32>', toBatch('2, 3', '[0, 0], [1, 1]'))).toBe('tensor<?x2x3x3xf32>');
    expect(inferred('%x: tensor<2x4x7x3xf32>', toBatch('2, 3', '[0, 0], [1, 1]'))).toBe('tensor<12x2x3x3xf32>');
    expect(inferred('%x: tensor<12x2x3x3xf32>', toSpace('2, 3', '[0, 0], [1, 1]'))).toBe('tensor<2x4x7x3xf32>');
    expect(inferred('%x: tensor<*xf32>', toSpace('2', '[0, 0]'))).toBe('tensor<*xf32>');
    expect(() => inferred('%x: tensor<?x5x7x3xf32>', toBatch('2', '[0, 0]'))).toThrow('5 is not a multiple of');
    expect(() => inferred('%x: tensor<5x7x3xf32>', toSpace('2', '[0, 0]'))).toThrow('a batch of 5');
    expect(() => inferred('%x: tensor<5xf32>', toSpace('5', '[0, 0]'))).toThrow('too few dimensions');
  });

  test('blocks and channels that the kernels want are filled in', () => {
    expect(loweredOps('%x: tensor<?x4x6x3xf32>', toBatch('2, 3', '[0, 0], [0, 0]'))).toEqual(['space_to_batch_nd']);
    expect(lowered('%x: tensor<?x4x6x3xf32>', toBatch('2', '[0, 0]'))).toContain('const [2, 1]');
    expect(loweredOps('%x: tensor<?x4x6xf32>', toBatch('2', '[0, 0]'))).toEqual(['space_to_batch_nd']);
    expect(loweredOps('%x: tensor<6x4x6xf32>', toSpace('2, 3', '[0, 0], [0, 0]'))).toEqual([
      'reshape',
      'batch_to_space_nd',
      'reshape',
    ]);
  });

  test('what the kernels do not take is refused', () => {
    expect(refusal('%x: tensor<2x4x4x4x3xf32>', toBatch('2', '[0, 0]')).reason).toContain('3 or 4 dimensions, not 5');
    expect(refusal('%x: tensor<2x4x4x4xf32>', toBatch('2, 2, 2', '[0, 0], [0, 0], [0, 0]')).help.join()).toContain(
      'height and width',
    );
    expect(refusal('%x: tensor<2x4x4x4xf64>', toBatch('2', '[0, 0]')).reason).toContain('float64');
  });
});

describe('SpaceToDepth and DepthToSpace', () => {
  test('sizes, channels last or first', () => {
    expect(inferred('%x: tensor<?x4x6x3xf32>', '%y = tf.SpaceToDepth(%x) {block_size = 2}')).toBe(
      'tensor<?x2x3x12xf32>',
    );
    expect(inferred('%x: tensor<?x8x4x6xf32>', '%y = tf.DepthToSpace(%x) {block_size = 2, data_format = "NCHW"}')).toBe(
      'tensor<?x2x8x12xf32>',
    );
    expect(() => inferred('%x: tensor<?x4x6x3xf32>', '%y = tf.DepthToSpace(%x) {block_size = 2}')).toThrow(
      'the channels of 3',
    );
    expect(() =>
      inferred('%x: tensor<?x4x6x3xf32>', '%y = tf.DepthToSpace(%x) {block_size = 2, data_format = "NCHW_VECT_C"}'),
    ).toThrow('data_format NCHW_VECT_C is not supported');
  });

  test('one op, with transposes where channels come first', () => {
    expect(loweredOps('%x: tensor<?x4x6x3xi32>', '%y = tf.SpaceToDepth(%x) {block_size = 2}')).toEqual([
      'space_to_depth',
    ]);
    expect(
      loweredOps('%x: tensor<?x8x4x6xf32>', '%y = tf.DepthToSpace(%x) {block_size = 2, data_format = "NCHW"}'),
    ).toEqual(['transpose', 'depth_to_space', 'transpose']);
  });
});
