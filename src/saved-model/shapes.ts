import type { Shape } from '#tensor/shape.js';
import type { TensorShapeProto } from '#wire/protobuf/saved-model.generated.js';

/** A negative size is an unknown one. An absent shape is that of a scalar, as everywhere in protocol buffers. */
export function shapeFromProto(proto: TensorShapeProto | undefined): Shape {
  if (proto === undefined) return [];
  if (proto.unknownRank) return null;
  return proto.dim.map(({ size }) => (size < 0 ? null : size));
}
