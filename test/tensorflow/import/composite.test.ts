import { expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import type { AttrValue } from '#saved-model/records.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { call, functionDef, node, savedModel, signatureDef } from '../../support/saved-models.js';

const float = (value: number): AttrValue => ({ kind: 'float', value });
const int = (value: number): AttrValue => ({ kind: 'int', value });

const attributes = new Map([
  ...['nms_score_threshold', 'nms_iou_threshold', 'y_scale', 'x_scale', 'h_scale', 'w_scale'].map(
    (name) => [name, float(0.5)] as const,
  ),
  ['max_detections', int(10)] as const,
  ['num_classes', int(3)] as const,
]);

function imported(name: string): string {
  const body = functionDef('post', ['b', 's', 'a'], { r: 'n:z:0' }, [node('n', 'AddV2', ['b', 's'])]);
  const stands = { ...body, attributes: new Map([['_implements', { kind: 'function', name, attributes } as const]]) };
  const inputs = ['b', 's', 'a'].map((input) => node(input, 'Placeholder'));
  const model = savedModel({ nodes: [...inputs, call('y', 'post', ['b', 's', 'a'])], functions: [stands] });
  const signature = signatureDef({ a: 'a:0', b: 'b:0', s: 's:0' }, { y: 'y:0' });
  return printModule(importSavedModel(model, [signature], tfOpByName));
}

test('a function that says it stands for an op with a kernel becomes that op', () => {
  expect(imported('TFLite_Detection_PostProcess')).toContain('tf.TFLite_Detection_PostProcess(%arg1, %arg2, %arg0)');
  expect(imported('TFLite_Detection_PostProcess')).not.toContain('tf.AddV2');
});

test('one that stands for something else is taken for what it computes', () => {
  expect(imported('somebody:else')).toContain('tf.AddV2(%arg1, %arg2)');
});
