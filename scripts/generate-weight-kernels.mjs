// Writes src/tensor/kernels/weight-kernels-wasm.generated.ts: what happens to large weights between two files, as a
// WebAssembly module, which runs at full speed from its first call on, unlike JavaScript.
//
//   node scripts/generate-weight-kernels.mjs            writes
//   node scripts/generate-weight-kernels.mjs --check    exits 1 where the file is not up to date
//
// It exports `memory`;
// `transpose(from, to, rows, columns, fromStride, toStride)`: to[c][r] = from[r][c] of 4-byte words, for a number of rows
// that is a multiple of 4 and of columns that is one of 16; strides in bytes;
// `scale(at, rows, bytes, factors)`: multiplies each of `rows` rows of float32, of a number of bytes that is a multiple
// of 16, by its factor;
// `scaleColumns(at, rows, bytes, factors)`: the same, but each column by its factor;
// `add`, `subtract`, `multiply` and `divide`, each `(to, end, a, aStep, b, bStep)`: blocks of four float32 from `to` to `end`,
// of blocks of a and b, in bytes that a step of 0 or 16 leads on to the next one.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ADD,
  ADD_FLOATS,
  advance,
  constant,
  DIVIDE_FLOATS,
  get,
  I32,
  less,
  loadBlock,
  loadSplat32,
  MULTIPLY,
  MULTIPLY_FLOATS,
  moduleOf,
  repeat,
  SHIFT_LEFT,
  SUBTRACT_FLOATS,
  set,
  shuffle,
  storeBlock,
  V128,
} from './wasm-assembler.mjs';

const addTo = (local, other) => [...get(local), ...get(other), ADD, ...set(local)];
const sum = (local, other, target) => [...get(local), ...get(other), ADD, ...set(target)];

/** Bytes of words `i` of two blocks, in turn: 0 for the first, 4 for the second. */
const words = (...picked) => picked.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));
const LOW = words(0, 4, 1, 5);
const HIGH = words(2, 6, 3, 7);
const FIRST_HALVES = words(0, 1, 4, 5);
const SECOND_HALVES = words(2, 3, 6, 7);

function transpose() {
  const [FROM, TO, ROWS, COLUMNS, FROM_STRIDE, TO_STRIDE] = [0, 1, 2, 3, 4, 5];
  const [C, R, SOURCE, TARGET, AT, ROW1, ROW2, ROW3] = [6, 7, 8, 9, 10, 11, 12, 13];
  const [A, B, D, E, LOW_AB, HIGH_AB, LOW_DE, HIGH_DE] = [14, 15, 16, 17, 18, 19, 20, 21];
  const store = (x, y, halves) => [
    ...[...get(AT), ...get(x), ...get(y), ...shuffle(halves), ...storeBlock(0)],
    ...addTo(AT, TO_STRIDE),
  ];
  /** Four rows by four columns, the columns from 4 `k` on. */
  const block = (k) => [
    ...[...get(SOURCE), ...loadBlock(16 * k), ...set(A), ...get(ROW1), ...loadBlock(16 * k), ...set(B)],
    ...[...get(ROW2), ...loadBlock(16 * k), ...set(D), ...get(ROW3), ...loadBlock(16 * k), ...set(E)],
    ...[...get(A), ...get(B), ...shuffle(LOW), ...set(LOW_AB), ...get(A), ...get(B), ...shuffle(HIGH), ...set(HIGH_AB)],
    ...[...get(D), ...get(E), ...shuffle(LOW), ...set(LOW_DE), ...get(D), ...get(E), ...shuffle(HIGH), ...set(HIGH_DE)],
    ...store(LOW_AB, LOW_DE, FIRST_HALVES),
    ...store(LOW_AB, LOW_DE, SECOND_HALVES),
    ...store(HIGH_AB, HIGH_DE, FIRST_HALVES),
    ...store(HIGH_AB, HIGH_DE, SECOND_HALVES),
  ];
  const fourRows = [
    ...[...sum(SOURCE, FROM_STRIDE, ROW1), ...sum(ROW1, FROM_STRIDE, ROW2), ...sum(ROW2, FROM_STRIDE, ROW3)],
    ...[...get(TARGET), ...set(AT)],
    ...[0, 1, 2, 3].flatMap(block),
    ...sum(ROW3, FROM_STRIDE, SOURCE),
    ...advance(TARGET, 16),
    ...advance(R, 4),
  ];
  const sixteenColumns = [
    ...[...get(FROM), ...get(C), ...constant(2), SHIFT_LEFT, ADD, ...set(SOURCE)],
    ...[...get(TO), ...get(C), ...get(TO_STRIDE), MULTIPLY, ADD, ...set(TARGET)],
    ...[...constant(0), ...set(R)],
    ...repeat(fourRows, less(R, ROWS)),
    ...advance(C, 16),
  ];
  const locals = [
    [8, I32],
    [8, V128],
  ];
  return { name: 'transpose', parameters: 6, results: 0, locals, body: repeat(sixteenColumns, less(C, COLUMNS)) };
}

function scale() {
  const [AT, ROWS, BYTES, FACTORS, ROW, END, FACTOR] = [0, 1, 2, 3, 4, 5, 6];
  const row = [
    ...[...get(FACTORS), ...loadSplat32(0), ...set(FACTOR), ...sum(AT, BYTES, END)],
    ...repeat(
      [
        ...[...get(AT), ...get(AT), ...loadBlock(0), ...get(FACTOR), ...MULTIPLY_FLOATS, ...storeBlock(0)],
        ...advance(AT, 16),
      ],
      less(AT, END),
    ),
    ...advance(FACTORS, 4),
    ...advance(ROW, 1),
  ];
  const locals = [
    [2, I32],
    [1, V128],
  ];
  return { name: 'scale', parameters: 4, results: 0, locals, body: repeat(row, less(ROW, ROWS)) };
}

function scaleColumns() {
  const [AT, ROWS, BYTES, FACTORS, ROW, END, FROM] = [0, 1, 2, 3, 4, 5, 6];
  const row = [
    ...[...get(FACTORS), ...set(FROM), ...sum(AT, BYTES, END)],
    ...repeat(
      [
        ...[...get(AT), ...get(AT), ...loadBlock(0), ...get(FROM), ...loadBlock(0), ...MULTIPLY_FLOATS],
        ...[...storeBlock(0), ...advance(AT, 16), ...advance(FROM, 16)],
      ],
      less(AT, END),
    ),
    ...advance(ROW, 1),
  ];
  return { name: 'scaleColumns', parameters: 4, results: 0, locals: [[3, I32]], body: repeat(row, less(ROW, ROWS)) };
}

function combine(name, operation) {
  const [TO, END, A, A_STEP, B, B_STEP] = [0, 1, 2, 3, 4, 5];
  const block = [
    ...[...get(TO), ...get(A), ...loadBlock(0), ...get(B), ...loadBlock(0), ...operation, ...storeBlock(0)],
    ...[...addTo(A, A_STEP), ...addTo(B, B_STEP), ...advance(TO, 16)],
  ];
  return { name, parameters: 6, results: 0, locals: [], body: repeat(block, less(TO, END)) };
}

const bytes = moduleOf({ pages: 1, maxPages: 65536 }, [
  transpose(),
  scale(),
  scaleColumns(),
  combine('add', ADD_FLOATS),
  combine('subtract', SUBTRACT_FLOATS),
  combine('multiply', MULTIPLY_FLOATS),
  combine('divide', DIVIDE_FLOATS),
]);
const text = `// Generated by scripts/generate-weight-kernels.mjs: do not edit.

/** A WebAssembly module, in base64: \`memory\` and what works on it, as the generator says. */
export const MODULE = '${bytes.toString('base64')}';
`;

const target = join(dirname(fileURLToPath(import.meta.url)), '../src/tensor/kernels/weight-kernels-wasm.generated.ts');
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is not up to date: run node scripts/generate-weight-kernels.mjs`);
  process.exitCode = 1;
}
