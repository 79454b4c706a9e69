/** A dimension: a size, or `null` where it is only known at run time. */
export type Dim = number | null;

/** A shape; `null` where even the rank is unknown. */
export type Shape = readonly Dim[] | null;

/** Number of elements of a fully known shape. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i] as number;
  return count;
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape?.every((dim) => dim !== null) ?? false;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === null || b === null) return a === b;
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether some run-time shape satisfies both. */
export function compatibleShapes(a: Shape, b: Shape): boolean {
  if (a === null || b === null) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== null && b[i] !== null && a[i] !== b[i]) return false;
  return true;
}

/** Joins two descriptions of one tensor: whatever either knows. Undefined where they contradict each other. */
export function refineShape(a: Shape, b: Shape): Shape | undefined {
  if (a === null) return b;
  if (b === null) return a;
  if (!compatibleShapes(a, b)) return undefined;
  return a.map((dim, i) => dim ?? b[i] ?? null);
}

/** What holds for both: dimensions that differ become unknown. */
export function meetShape(a: Shape, b: Shape): Shape {
  if (a === null || b === null || a.length !== b.length) return null;
  return a.map((dim, i) => (dim === b[i] ? dim : null));
}

/** NumPy broadcasting of two shapes; undefined where they do not broadcast. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (a === null || b === null) return null;
  const rank = Math.max(a.length, b.length);
  const result = new Array<Dim>(rank);
  for (let i = 0; i < rank; i++) {
    const x = i < rank - a.length ? 1 : (a[i - (rank - a.length)] as Dim);
    const y = i < rank - b.length ? 1 : (b[i - (rank - b.length)] as Dim);
    if (x === y || y === 1) result[i] = x;
    else if (x === 1) result[i] = y;
    else if (x === null) result[i] = y;
    else if (y === null) result[i] = x;
    else return undefined;
  }
  return result;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}

/** `2x3x?` with `?` for an unknown dimension, `*` for unknown rank; empty for a scalar. */
export function formatShape(shape: Shape): string {
  return shape === null ? '*' : shape.map((dim) => dim ?? '?').join('x');
}
