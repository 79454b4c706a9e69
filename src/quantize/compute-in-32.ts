import type { Editor } from '#ir/editor.js';
import type { Op, Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import * as tfl from '#tflite/ops/index.js';
import { type Affine, perTensor } from './affine.js';
import { floatType } from './job.js';
import type { OpPlan } from './plan/plan-module.js';

/**
 * An op with data in int8 of zero point 0, computed by its kernel for int32 at their scale. Gives the QUANTIZE behind
 * it, whose result stands for that of the op, and is still to get its type.
 */
export function computeIn32({ op, operands }: OpPlan, editor: Editor): Op {
  const { region, location } = op;
  const type = floatType(op.result());
  if (!region || !type) throw new Error(`${op.name} gives no real numbers`);
  const at = { region, before: op };
  const wide = (value: Value, affine: Affine): Value => {
    const cast = { in_data_type: 'INT8', out_data_type: 'INT32' };
    const result = editor.create(at, tfl.Cast, [value], cast, location).result();
    const shape = value.type.kind === 'tensor' ? value.type.shape : null;
    editor.setType(result, tensorType('int32', shape, perTensor(affine)));
    return result;
  };
  const [affine] = operands.flatMap((set) => set?.affine ?? []);
  if (!affine) throw new Error(`${op.name} takes no real numbers`);
  const taken = op.operands.map((value, i) => (value && operands[i] ? wide(value, operands[i].affine) : value));
  const types = [tensorType('int32', type.shape, perTensor(affine))];
  const sum = editor.create(at, op.definition, taken, op.attributes, location, { types }).result();
  const result = editor.create(at, tfl.Quantize, [sum], {}, location, { types: [type] });
  editor.replace(op, [result.result()]);
  return result as unknown as Op;
}
