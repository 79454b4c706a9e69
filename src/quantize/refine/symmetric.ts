/**
 * The lower half of the mean product of columns: `rows` rows of `size` numbers, as a full row-major matrix of which the
 * lower half is set.
 */
export function gramMatrix(data: Float64Array, rows: number, size: number): Float64Array {
  // Column after column, so that products run along memory.
  const columns = new Float64Array(rows * size);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < size; i++) columns[i * rows + r] = data[r * size + i] as number;
  }
  const gram = new Float64Array(size * size);
  // Four rows at a time: each number that is read serves for four products.
  for (let i = 0; i < size; i += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((more) => {
      const from = Math.min(i + more, size - 1) * rows;
      return columns.subarray(from, from + rows);
    }) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const last = Math.min(i + 3, size - 1);
    for (let j = 0; j <= last; j++) {
      const other = columns.subarray(j * rows, (j + 1) * rows);
      let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
      for (let r = 0; r < rows; r++) {
        const value = other[r] as number;
        sumA += value * (a[r] as number);
        sumB += value * (b[r] as number);
        sumC += value * (c[r] as number);
        sumD += value * (d[r] as number);
      }
      [sumA, sumB, sumC, sumD].forEach((sum, more) => {
        if (i + more < size) gram[(i + more) * size + j] = sum / rows;
      });
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
