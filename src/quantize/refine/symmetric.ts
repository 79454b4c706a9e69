import { LANES, refineKernels } from './refine-kernels.js';

/**
 * The lower half of the mean product of columns: `rows` rows of as many numbers as `order` has, which says the order of
 * the columns. As a full row-major matrix of which the lower half is set.
 */
export function gramMatrix(data: Float64Array, rows: number, order: ArrayLike<number>): Float64Array {
  const size = order.length;
  const panels = Math.ceil(size / LANES);
  const panel = LANES * rows;
  const first = LANES * LANES;
  const kernels = refineKernels(8 * (first + panels * panel));
  const memory = new Float64Array(kernels.memory.buffer, 0, first + panels * panel);
  // Columns side by side in panels, so that products run along memory; the last panel may be filled up by zeros.
  memory.fill(0, first + (panels - 1) * panel);
  for (let i = 0; i < size; i++) {
    const from = order[i] as number;
    const to = first + Math.floor(i / LANES) * panel + (i % LANES);
    for (let r = 0; r < rows; r++) memory[to + LANES * r] = data[r * size + from] as number;
  }
  const gram = new Float64Array(size * size);
  for (let a = 0; a < panels; a++) {
    for (let b = 0; b <= a; b++) {
      kernels.addProducts(8 * (first + a * panel), 8 * (first + b * panel), rows, 0);
      for (let k = 0; k < first; k++) {
        const [row, column] = [LANES * a + Math.floor(k / LANES), LANES * b + (k % LANES)];
        if (row < size && column <= row) gram[row * size + column] = (memory[k] as number) / rows;
      }
    }
  }
  return gram;
}

/**
 * Replaces the lower half of a symmetric positive definite matrix by its Cholesky factor L, with which it is L·Lᵀ. Gives
 * false, with the matrix spoilt, where it is not positive definite.
 */
export function factorize(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j] as number;
      for (let k = 0; k < j; k++) sum -= (matrix[row + k] as number) * (matrix[other + k] as number);
      if (j < i) {
        matrix[row + j] = sum / (matrix[other + j] as number);
      } else {
        if (!(sum > 0)) return false;
        matrix[row + i] = Math.sqrt(sum);
      }
    }
  }
  return true;
}
