import { Const } from '#ir/constant.js';
import { Op, type OpDefinition, type Region, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import { While } from '../ops/control-flow.js';
import { Slice } from '../ops/indexing.js';
import { Reshape } from '../ops/shape.js';

/**
 * Copies the values that the body of a loop hands on to a later place, as `previous = current` does. LiteRT writes a
 * body's outputs over its inputs, one after the other: such a value would be read when its place has the next one. What is
 * handed on to an earlier place is read in time.
 */
export function separateCarried(region: Region): void {
  const loop = region.parent;
  if (!loop?.is(While) || loop.regions[1] !== region) return;
  region.outputs.forEach((output, place) => {
    const from = region.args.indexOf(output);
    if (from < 0 || from >= place || region.outputs[from] === output) return;
    const copy = copyOf(region, output);
    if (copy) region.setOutput(place, copy);
  });
}

/** By ops that never work in place. Undefined for what holds no numbers, and for tensors of unknown rank. */
function copyOf(region: Region, value: Value): Value | undefined {
  if (value.type.kind !== 'tensor' || value.type.shape === null) return undefined;
  const rank = value.type.shape.length;
  if (rank === 0) return appended(region, Reshape, [value, integers(region, [])], value);
  const [begin, size] = [0, -1].map((entry) => integers(region, new Array(rank).fill(entry)));
  return appended(region, Slice, [value, begin as Value, size as Value], value);
}

function appended(region: Region, definition: OpDefinition, operands: Value[], like: Value): Value {
  const attributes = 'options' in definition ? { ...(definition.options as object) } : {};
  const location = region.parent?.location ?? {};
  const op = new Op(definition, { operands, attributes, types: [like.type], location });
  region.append(op);
  return op.results[0] as Value;
}

function integers(region: Region, values: readonly number[]): Value {
  const type = tensorType('int32', [values.length]);
  const location = region.parent?.location ?? {};
  const op = new Op(Const, { operands: [], attributes: { value: Tensor.int32(values) }, types: [type], location });
  region.append(op as unknown as Op);
  return op.results[0] as Value;
}
