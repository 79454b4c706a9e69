import { attr } from '#ir/attribute.js';
import type { Type } from '#ir/type.js';
import { tensorType } from '#ir/type.js';
import * as tfl from '#tflite/ops/index.js';
import { encodeFlexMap, type FlexItem } from '#wire/flatbuffers/flex-writer.js';
import { defineTfOp } from '../define-op.js';

const whole = (value: number): FlexItem => ({ kind: 'int', value });
const fraction = (value: number): FlexItem => ({ kind: 'float', value });

/**
 * What the Object Detection API exports for TFLite is a call of a function that says it stands for this; LiteRT registers
 * its kernel as a custom op.
 */
export const DetectionPostProcess = defineTfOp({
  name: 'TFLite_Detection_PostProcess',
  summary: 'Boxes of an SSD detector, decoded and suppressed',
  operands: ['box_encodings', 'class_predictions', 'anchors'],
  results: ['detection_boxes', 'detection_classes', 'detection_scores', 'num_detections'],
  attributes: {
    max_detections: attr.int(),
    max_classes_per_detection: attr.int(1),
    detections_per_class: attr.int(100),
    use_regular_nms: attr.bool(false),
    nms_score_threshold: attr.float(),
    nms_iou_threshold: attr.float(),
    num_classes: attr.int(),
    y_scale: attr.float(),
    x_scale: attr.float(),
    h_scale: attr.float(),
    w_scale: attr.float(),
  },
  infer: (op): readonly Type[] => {
    const count = op.attributes.max_detections * op.attributes.max_classes_per_detection;
    const each = tensorType('float32', [1, count]);
    return [tensorType('float32', [1, count, 4]), each, each, tensorType('float32', [1])];
  },
  lower: (op, build) => {
    const a = op.attributes;
    const custom_options = encodeFlexMap(
      new Map<string, FlexItem>([
        ['max_detections', whole(a.max_detections)],
        ['max_classes_per_detection', whole(a.max_classes_per_detection)],
        ['detections_per_class', whole(a.detections_per_class)],
        ['use_regular_nms', { kind: 'bool', value: a.use_regular_nms }],
        ['nms_score_threshold', fraction(a.nms_score_threshold)],
        ['nms_iou_threshold', fraction(a.nms_iou_threshold)],
        ['num_classes', whole(a.num_classes)],
        ['y_scale', fraction(a.y_scale)],
        ['x_scale', fraction(a.x_scale)],
        ['h_scale', fraction(a.h_scale)],
        ['w_scale', fraction(a.w_scale)],
      ]),
    );
    const types = op.results.map(({ type }) => type);
    const options = { custom_code: 'TFLite_Detection_PostProcess', custom_options };
    return build.op(tfl.Custom, op.operands, options, types).results;
  },
});
