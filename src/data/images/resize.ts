/** Numbers, some channels for each pixel, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** A part of the plane, of that size, whose first pixel is at `left` and `top`. */
export function cut(plane: Plane, left: number, top: number, width: number, height: number): Plane {
  const { channels } = plane;
  const data = new Float32Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * plane.width + left) * channels;
    for (let i = 0; i < width * channels; i++) data[to++] = plane.data[from + i] as number;
  }
  return { width, height, channels, data };
}

/** Bilinear interpolation between the centres of pixels, without smoothing: `tf.image.resize` as it is by default. */
export function resizeBilinear(plane: Plane, width: number, height: number): Float32Array {
  const { channels } = plane;
  const columns = sources(plane.width, width);
  const rows = sources(plane.height, height);
  const result = new Float32Array(width * height * channels);
  let to = 0;
  for (const { low, high, part } of rows) {
    const top = low * plane.width;
    const bottom = high * plane.width;
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        const at = (row: number, x: number) => plane.data[(row + x) * channels + c] as number;
        const above = at(top, column.low) + (at(top, column.high) - at(top, column.low)) * column.part;
        const below = at(bottom, column.low) + (at(bottom, column.high) - at(bottom, column.low)) * column.part;
        result[to++] = above + (below - above) * part;
      }
    }
  }
  return result;
}

/** For each place of the result the two places that it lies between, and how far from the first. */
function sources(from: number, to: number): { low: number; high: number; part: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const position = ((i + 0.5) * from) / to - 0.5;
    const low = Math.floor(position);
    return { low: Math.max(low, 0), high: Math.min(low + 1, from - 1), part: position - low };
  });
}

/**
 * Each pixel is the mean of all that it covers, weighted by a triangle as wide as it needs: `tf.image.resize` with
 * `antialias=True`, and Pillow's bilinear filter. Where the plane becomes larger it is `resizeBilinear`.
 */
export function resizeAntialiased(plane: Plane, width: number, height: number): Float32Array {
  const { channels } = plane;
  const columns = weights(plane.width, width);
  const rows = weights(plane.height, height);
  const narrow = new Float32Array(width * plane.height * channels);
  let to = 0;
  for (let y = 0; y < plane.height; y++) {
    for (const { start, parts } of columns) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < parts.length; i++) {
          sum += (parts[i] as number) * (plane.data[(y * plane.width + start + i) * channels + c] as number);
        }
        narrow[to++] = sum;
      }
    }
  }
  const line = width * channels;
  const result = new Float32Array(height * line);
  rows.forEach(({ start, parts }, y) => {
    parts.forEach((part, i) => {
      for (let x = 0; x < line; x++) {
        result[y * line + x] = (result[y * line + x] as number) + part * (narrow[(start + i) * line + x] as number);
      }
    });
  });
  return result;
}

/** For each place of the result the first one that it is made of, and how much each from there on counts. */
function weights(from: number, to: number): { start: number; parts: readonly number[] }[] {
  const reach = Math.max(1, from / to);
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.ceil(centre + reach - 0.5));
    const parts = Array.from({ length: end - start }, (_, j) =>
      Math.max(0, 1 - Math.abs(start + j + 0.5 - centre) / reach),
    );
    const sum = parts.reduce((total, part) => total + part, 0);
    return { start, parts: parts.map((part) => part / sum) };
  });
}
