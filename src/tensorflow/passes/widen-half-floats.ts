import type { Attributes, AttributeValue } from '#ir/attribute.js';
import { Const } from '#ir/constant.js';
import type { Editor } from '#ir/editor.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { definePass } from '#passes/pass.js';
import { type DType, isHalf } from '#tensor/dtype.js';
import { isTfOp } from '../define-op.js';
import { Cast } from '../ops/cast.js';
import { dtypeOf } from '../ops/support/types.js';

/** Ops whose kernels compute in float32 only. */
const FLOAT32_ONLY =
  /^tf\.(.*MatMul(V\d)?|Einsum|(Depthwise)?Conv\dd?.*|(Avg|Max)Pool.*|FusedBatchNorm(V\d)?|LRN|(Log)?Softmax|.*CrossEntropy.*|LeakyRelu|Selu|Softplus|Softsign|L2Loss|Resize.*)$/i;

/**
 * Models of mixed precision compute in float16 or bfloat16 what TFLite computes in float32 only. Where one holds such an
 * op, all that it computes so is computed in float32: the results are more exact, and nothing is cast in between.
 */
export const widenHalfFloats = definePass({
  name: 'widen-half-floats',
  summary: 'Computes models of mixed precision in float32, for which the kernels are made.',
  run(module, { editor }) {
    const ops = [...module.ops()];
    if (!ops.some((op) => isHalfOp(op) && FLOAT32_ONLY.test(op.name))) return;
    const wide = new Map<Value, Value>();
    for (const op of ops) {
      if (op.is(Cast) && dtypeOf(op.operand(0)) === 'float32' && isHalfValue(op.result())) {
        wide.set(op.result(), op.operand(0));
      } else if (isHalfOp(op) && isTfOp(op.definition) && op.regions.length === 0) {
        widen(op, editor, wide);
      }
    }
  },
});

function isHalfValue(value: Value | undefined): value is Value {
  return value?.type.kind === 'tensor' && isHalf(value.type.dtype);
}

function isHalfOp(op: Op): boolean {
  if (op.is(Const) || (op.is(Cast) && !isHalfValue(op.operands[0]))) return false;
  return op.operands.some(isHalfValue) || op.results.some(isHalfValue);
}

/** Replaces an op by the same in float32, and notes its results in that type. */
function widen(op: Op, editor: Editor, wide: Map<Value, Value>): void {
  const { region } = op;
  if (!region) return;
  const at = { region, before: op };
  const operands = op.operands.map((operand) => {
    if (!isHalfValue(operand)) return operand;
    return wide.get(operand) ?? cast(operand, 'float32');
  });
  const attributes = Object.fromEntries(
    Object.entries(op.attributes).map(([name, value]) => [name, widened(op.definition, name, value)]),
  );
  if (op.is(Cast)) {
    const { DstT } = op.attributes;
    const to = editor.create(at, Cast, operands, { ...op.attributes, SrcT: 'float32' }, op.location).result();
    if (isHalf(DstT as DType)) wide.set(to, operands[0] as Value);
    editor.replace(op, [to]);
    return;
  }
  const made = editor.create(at, op.definition as OpDefinition<Attributes>, operands, attributes, op.location);
  const results = op.results.map((result, i) => {
    const value = made.result(i);
    if (!isHalfValue(result)) return value;
    const half = cast(value, dtypeOf(result) as DType);
    wide.set(half, value);
    return half;
  });
  editor.replace(op, results);

  function cast(value: Value, to: DType): Value {
    const from = dtypeOf(value) as DType;
    return editor.create(at, Cast, [value], { SrcT: from, DstT: to, Truncate: false }, op.location).result();
  }
}

function widened(definition: OpDefinition, name: string, value: AttributeValue): AttributeValue {
  return definition.attributes[name]?.kind === 'dtype' && isHalf(value as DType) ? 'float32' : value;
}
