import protobuf from 'protobufjs/minimal.js';

export type Writer = protobuf.Writer;

/** A message's bytes, made by one of the generated writers. */
export function encode<T>(message: T, write: (message: T, writer: Writer) => void): Uint8Array {
  const writer = new protobuf.Writer();
  write(message, writer);
  return new Uint8Array(writer.finish());
}

/** A 64-bit integer as protobufjs takes it. */
export function halves(value: number | bigint): protobuf.Long {
  const bits = BigInt.asUintN(64, BigInt(value));
  return { low: Number(bits & 0xffffffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: false } as protobuf.Long;
}
