import { attr } from '#ir/attribute.js';
import { defineTfOp } from '../define-op.js';

export const NoOp = defineTfOp({
  name: 'NoOp',
  summary: 'Nothing',
  operands: [],
  results: [],
  infer: () => [],
  lower: () => [],
});

export const Assert = defineTfOp({
  name: 'Assert',
  summary: 'Stops TensorFlow where a condition does not hold; dropped, since TFLite cannot stop',
  operands: ['condition', 'data*'],
  results: [],
  attributes: { T: attr.dtypes(), summarize: attr.int(3) },
  infer: () => [],
  lower: () => [],
});

export const PrintV2 = defineTfOp({
  name: 'PrintV2',
  summary: 'Prints a text; dropped, since TFLite cannot print',
  operands: ['input'],
  results: [],
  infer: () => [],
  lower: () => [],
});
