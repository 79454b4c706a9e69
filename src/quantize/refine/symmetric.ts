/**
 * The lower half of the mean product of columns: `rows` rows of as many numbers as `order` has, which says the order of
 * the columns. As a full row-major matrix of which the lower half is set.
 */
export function gramMatrix(data: Float64Array, rows: number, order: ArrayLike<number>): Float64Array {
  const size = order.length;
  // Column after column, so that products run along memory; four that are zero make up the last block.
  const columns = new Float64Array(rows * (size + 3));
  for (let i = 0; i < size; i++) {
    const from = order[i] as number;
    for (let r = 0; r < rows; r++) columns[i * rows + r] = data[r * size + from] as number;
  }
  const gram = new Float64Array(size * size);
  const sums = new Float64Array(8);
  for (let i = 0; i < size; i += 4) {
    for (let j = 0; j < Math.min(i + 4, size); j += 2) {
      multiplyBlock(columns, rows, i * rows, j * rows, sums);
      for (let k = 0; k < 8; k++) {
        const [row, column] = [i + (k >> 1), j + (k & 1)];
        if (row < size && column <= row) gram[row * size + column] = (sums[k] as number) / rows;
      }
    }
  }
  return gram;
}

/** Products of four columns with two: each number that is read serves for several. */
function multiplyBlock(columns: Float64Array, rows: number, a: number, b: number, sums: Float64Array): void {
  let [a0, a1, b0, b1, c0, c1, d0, d1] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let r = 0; r < rows; r++) {
    const first = columns[b + r] as number;
    const second = columns[b + rows + r] as number;
    let value = columns[a + r] as number;
    a0 += value * first;
    a1 += value * second;
    value = columns[a + rows + r] as number;
    b0 += value * first;
    b1 += value * second;
    value = columns[a + 2 * rows + r] as number;
    c0 += value * first;
    c1 += value * second;
    value = columns[a + 3 * rows + r] as number;
    d0 += value * first;
    d1 += value * second;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = b0;
  sums[3] = b1;
  sums[4] = c0;
  sums[5] = c1;
  sums[6] = d0;
  sums[7] = d1;
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
