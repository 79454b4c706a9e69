/**
 * The lower half of the mean product of columns: `rows` rows of `size` numbers, as a full row-major matrix of which only
 * the lower half is set.
 */
export function gramMatrix(data: Float64Array, rows: number, size: number): Float64Array {
  // Column after column, so that products run along memory.
  const columns = new Float64Array(rows * size);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < size; i++) columns[i * rows + r] = data[r * size + i] as number;
  }
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const a = columns.subarray(i * rows, (i + 1) * rows);
    for (let j = 0; j <= i; j++) {
      const at = j * rows;
      let even = 0;
      let odd = 0;
      let r = 0;
      for (; r + 1 < rows; r += 2) {
        even += (a[r] as number) * (columns[at + r] as number);
        odd += (a[r + 1] as number) * (columns[at + r + 1] as number);
      }
      if (r < rows) even += (a[r] as number) * (columns[at + r] as number);
      gram[i * size + j] = (even + odd) / rows;
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
