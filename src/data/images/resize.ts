/** Numbers, some channels for each pixel, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** The middle of the plane, as large as may be in the proportions of width × height. As Keras's `smart_resize`. */
export function cropToProportions(plane: Plane, width: number, height: number): Plane {
  const cropWidth = Math.max(1, Math.min(plane.width, Math.floor((plane.height * width) / height)));
  const cropHeight = Math.max(1, Math.min(plane.height, Math.floor((plane.width * height) / width)));
  const left = Math.floor((plane.width - cropWidth) / 2);
  const top = Math.floor((plane.height - cropHeight) / 2);
  const { channels } = plane;
  const data = new Float32Array(cropWidth * cropHeight * channels);
  let to = 0;
  for (let y = 0; y < cropHeight; y++) {
    const from = ((top + y) * plane.width + left) * channels;
    for (let i = 0; i < cropWidth * channels; i++) data[to++] = plane.data[from + i] as number;
  }
  return { width: cropWidth, height: cropHeight, channels, data };
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
