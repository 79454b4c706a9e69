import { attr } from '#ir/attribute.js';
import type { Type } from '#ir/type.js';
import { tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { encodeFlexMap, type FlexItem } from '#wire/flatbuffers/flex-writer.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { shapeOfRank } from './support/operands.js';

// Custom ops whose kernels LiteRT registers itself, with their attributes as a map.

const int = (value: number): FlexItem => ({ kind: 'int', value });

export const AudioSpectrogram = defineTfOp({
  name: 'AudioSpectrogram',
  summary: 'Spectrograms of the channels of a sound',
  operands: ['input'],
  results: ['spectrogram'],
  attributes: { window_size: attr.int(), stride: attr.int(), magnitude_squared: attr.bool(false) },
  infer: (op): readonly Type[] => {
    const [samples, channels] = shapeOfRank(op, 0, 2, 'the sound') as [Dim, Dim];
    const { window_size, stride } = op.attributes;
    const frames =
      samples === null ? null : samples < window_size ? 0 : 1 + Math.floor((samples - window_size) / stride);
    const length = 2 ** Math.ceil(Math.log2(window_size));
    return [tensorType('float32', [channels, frames, length / 2 + 1])];
  },
  lower: (op, build) => {
    const { window_size, stride, magnitude_squared } = op.attributes;
    const custom_options = encodeFlexMap(
      new Map<string, FlexItem>([
        ['window_size', int(window_size)],
        ['stride', int(stride)],
        ['magnitude_squared', { kind: 'bool', value: magnitude_squared }],
      ]),
    );
    const options = { custom_code: 'AudioSpectrogram', custom_options };
    return build.value(tfl.Custom, [op.operand(0)], options, [op.result().type]);
  },
});

export const Mfcc = defineTfOp({
  name: 'Mfcc',
  summary: 'Mel-frequency cepstral coefficients of spectrograms',
  operands: ['spectrogram', 'sample_rate'],
  attributes: {
    upper_frequency_limit: attr.float(4000),
    lower_frequency_limit: attr.float(20),
    filterbank_channel_count: attr.int(40),
    dct_coefficient_count: attr.int(13),
  },
  infer: (op): readonly Type[] => {
    const [channels, frames] = shapeOfRank(op, 0, 3, 'the spectrograms') as [Dim, Dim];
    return [tensorType('float32', [channels, frames, op.attributes.dct_coefficient_count])];
  },
  lower: (op, build) => {
    const { upper_frequency_limit, lower_frequency_limit } = op.attributes;
    if (!Number.isInteger(upper_frequency_limit) || !Number.isInteger(lower_frequency_limit)) {
      return unsupported('the kernel takes whole numbers of hertz as limits only', 'Round the frequency limits.');
    }
    const entries = Object.entries(op.attributes).map(([name, value]) => [name, int(Number(value))] as const);
    const options = { custom_code: 'Mfcc', custom_options: encodeFlexMap(new Map(entries)) };
    return build.value(tfl.Custom, [op.operand(0), op.operand(1)], options, [op.result().type]);
  },
});
