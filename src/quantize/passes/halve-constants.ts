import { Const } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { unknownLocation } from '#ir/location.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import { numberToFloat16 } from '#tensor/float16.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { floatType, type QuantizationJob } from '../job.js';
import { floatsOf } from '../weights/quantize-weights.js';

/** With fewer elements the op and the tensor that turn them back take more bytes than halves save. */
const LEAST_ELEMENTS = 64;

const GREATEST_HALF = 65504;

/** Constants of ops to be kept in `float16` are stored in half precision, each with one DEQUANTIZE for all its users. */
export function halveConstants(job: QuantizationJob): Pass {
  return definePass({
    name: 'halve-constants',
    summary: 'Stores float32 constants in half precision, where that saves bytes.',
    run(module, context) {
      for (const region of module.regions()) halveIn(region, job, context);
    },
  });
}

function halveIn(region: Region, job: QuantizationJob, context: PassContext): void {
  for (const op of region.ops()) {
    if (!op.is(Const)) {
      if (job.treatmentOf(op)?.scheme === 'float16') noteReason(op, job);
      continue;
    }
    const value = op.result();
    const users = value.users.filter((user) => job.treatmentOf(user)?.scheme === 'float16');
    const tensor = op.attributes.value;
    if (!floatType(value) || users.length === 0 || tensor.size < LEAST_ELEMENTS) continue;
    const { editor } = context;
    const at = { region, before: op.next };
    const half = editor.constant(at, halved(tensor), op.location);
    const whole = editor.create(at, tfl.Dequantize, [half], {}, unknownLocation).result();
    for (const user of users) {
      user.operands.forEach((operand, i) => {
        if (operand === value) editor.setOperand(user, i, whole);
      });
      job.note(user, 'float16');
    }
    if (!value.isUsed) editor.erase(op as unknown as Op);
  }
}

function noteReason(op: Op, job: QuantizationJob): void {
  if (op.operands.some(isHalf)) return;
  job.note(op, 'float32', `it has no constant of ${LEAST_ELEMENTS} or more elements`);
}

function isHalf(value: Value | undefined): boolean {
  const source = value?.producer?.is(tfl.Dequantize) ? value.producer.operand(0) : undefined;
  return source?.type.kind === 'tensor' && source.type.dtype === 'float16';
}

/** The nearest halves; what lies beyond them becomes the greatest finite one. Made when it is written. */
function halved(tensor: Tensor): Tensor {
  const load = (): Uint8Array => {
    const halves = new Uint16Array(tensor.size);
    const floats = floatsOf(tensor);
    for (let i = 0; i < halves.length; i++) {
      const value = floats[i] as number;
      halves[i] = numberToFloat16(Math.min(GREATEST_HALF, Math.max(-GREATEST_HALF, value)));
    }
    return new Uint8Array(halves.buffer);
  };
  const { deferred } = tensor;
  if (!deferred) return Tensor.fromBytes('float16', tensor.shape, load());
  return Tensor.deferred('float16', tensor.shape, {
    load,
    key: `halves of ${deferred.key}`,
    sample: `halves of ${deferred.sample}`,
  });
}
