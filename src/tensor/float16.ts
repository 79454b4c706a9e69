const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The value of IEEE 754 binary16 bits. Exact. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The binary16 bits nearest to the float32 value of `value`, ties to even; overflow gives infinity. */
export function numberToFloat16(value: number): number {
  f32[0] = value;
  const bits = u32[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From half of the step beyond the largest finite value, 65504, on.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below the smallest normal value the step is constant: 2^-24. Division by it is exact.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(f32[0] as number) * 2 ** 24);
  const rebased = magnitude - 0x38000000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

/** The value of bfloat16 bits. Exact. */
export function bfloat16ToNumber(bits: number): number {
  u32[0] = bits << 16;
  return f32[0] as number;
}

/** The bfloat16 bits nearest to the float32 value of `value`, ties to even. */
export function numberToBfloat16(value: number): number {
  f32[0] = value;
  const bits = u32[0] as number;
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
