// Writes src/quantize/refine/refine-kernels-wasm.generated.ts: the sums that refining layers spends its time on, as a
// WebAssembly module. Each lane adds in the order in which JavaScript would, so the results are the same to the last bit.
//
//   node scripts/generate-refine-kernels.mjs            writes
//   node scripts/generate-refine-kernels.mjs --check    exits 1 where the file is not up to date
//
// It exports `memory`; addresses and strides are bytes, counts are one at least:
// `addColumns(data, rows, stride, end, type, exact, stored)`: sums of each column of float32, four columns at a time from
// `data` up to the address `end` of the first row, and of what these are stored as, in steps, both in double precision;
// `type`: scale, one half, the least and the greatest step;
// `addProducts(a, b, rows, sums)`: of rows of four doubles each, the sums of the products of each of `a` with each of `b`;
// `addErrors(factors, errors, count, sums)`: sums of rows of four doubles, each row times its factor.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ADD,
  ADD_DOUBLES,
  advance,
  DIVIDE_DOUBLES,
  FLOOR_DOUBLES,
  GREATER_DOUBLES,
  get,
  I32,
  LESSER_DOUBLES,
  less,
  loadBlock,
  loadSplat64,
  MULTIPLY_DOUBLES,
  moduleOf,
  PROMOTE_LOW,
  repeat,
  set,
  shuffle,
  storeBlock,
  V128,
  ZERO_BLOCK,
} from './wasm-assembler.mjs';

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const addTo = (local, value) => [...get(local), ...value, ...ADD_DOUBLES, ...set(local)];
const clear = (locals) => locals.flatMap((local) => [...ZERO_BLOCK, ...set(local)]);
const count = (local, limit) => [...advance(local, 1), ...less(local, limit)];

function addColumns() {
  const [DATA, ROWS, STRIDE, END, TYPE, EXACT, STORED, ROW, AT] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [SCALE, HALF, LEAST, GREATEST, FOUR, TWO, E0, E1, S0, S1] = [9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
  const pair = (half, exact, stored) => [
    ...[...half, ...PROMOTE_LOW, ...set(TWO)],
    ...addTo(exact, get(TWO)),
    ...addTo(stored, [
      ...[...get(TWO), ...get(SCALE), ...DIVIDE_DOUBLES, ...get(HALF), ...ADD_DOUBLES, ...FLOOR_DOUBLES],
      ...[...get(LEAST), ...GREATER_DOUBLES, ...get(GREATEST), ...LESSER_DOUBLES],
    ]),
  ];
  const row = [
    ...[...get(AT), ...loadBlock(0), ...set(FOUR)],
    ...pair(get(FOUR), E0, S0),
    ...pair([...get(FOUR), ...get(FOUR), ...shuffle(HIGH_HALF)], E1, S1),
    ...[...get(AT), ...get(STRIDE), ADD, ...set(AT)],
  ];
  const columns = [
    ...clear([E0, E1, S0, S1]),
    ...[0x41, 0, ...set(ROW), ...get(DATA), ...set(AT)],
    ...repeat(row, count(ROW, ROWS)),
    ...[...get(EXACT), ...get(E0), ...storeBlock(0), ...get(EXACT), ...get(E1), ...storeBlock(16)],
    ...[...get(STORED), ...get(S0), ...storeBlock(0), ...get(STORED), ...get(S1), ...storeBlock(16)],
    ...[...advance(EXACT, 32), ...advance(STORED, 32), ...advance(DATA, 16)],
  ];
  const type = [SCALE, HALF, LEAST, GREATEST].flatMap((local, i) => [
    ...get(TYPE),
    ...loadSplat64(8 * i),
    ...set(local),
  ]);
  const locals = [
    [2, I32],
    [10, V128],
  ];
  return {
    name: 'addColumns',
    parameters: 7,
    results: 0,
    locals,
    body: [...type, ...repeat(columns, less(DATA, END))],
  };
}

function addProducts() {
  const [A, B, ROWS, SUMS, ROW, LEFT, RIGHT, FACTOR] = [0, 1, 2, 3, 4, 5, 6, 7];
  const sums = [8, 9, 10, 11, 12, 13, 14, 15];
  const row = [
    ...[...get(B), ...loadBlock(0), ...set(LEFT), ...get(B), ...loadBlock(16), ...set(RIGHT)],
    ...[0, 1, 2, 3].flatMap((i) => [
      ...[...get(A), ...loadSplat64(8 * i), ...set(FACTOR)],
      ...addTo(sums[2 * i], [...get(FACTOR), ...get(LEFT), ...MULTIPLY_DOUBLES]),
      ...addTo(sums[2 * i + 1], [...get(FACTOR), ...get(RIGHT), ...MULTIPLY_DOUBLES]),
    ]),
    ...[...advance(A, 32), ...advance(B, 32)],
  ];
  const stored = sums.flatMap((local, i) => [...get(SUMS), ...get(local), ...storeBlock(16 * i)]);
  const locals = [
    [1, I32],
    [11, V128],
  ];
  return {
    name: 'addProducts',
    parameters: 4,
    results: 0,
    locals,
    body: [...repeat(row, count(ROW, ROWS)), ...stored],
  };
}

function addErrors() {
  const [FACTORS, ERRORS, COUNT, SUMS, ROW, FACTOR, LEFT, RIGHT] = [0, 1, 2, 3, 4, 5, 6, 7];
  const row = [
    ...[...get(FACTORS), ...loadSplat64(0), ...set(FACTOR)],
    ...addTo(LEFT, [...get(FACTOR), ...get(ERRORS), ...loadBlock(0), ...MULTIPLY_DOUBLES]),
    ...addTo(RIGHT, [...get(FACTOR), ...get(ERRORS), ...loadBlock(16), ...MULTIPLY_DOUBLES]),
    ...[...advance(FACTORS, 8), ...advance(ERRORS, 32)],
  ];
  const stored = [...get(SUMS), ...get(LEFT), ...storeBlock(0), ...get(SUMS), ...get(RIGHT), ...storeBlock(16)];
  const locals = [
    [1, I32],
    [3, V128],
  ];
  return { name: 'addErrors', parameters: 4, results: 0, locals, body: [...repeat(row, count(ROW, COUNT)), ...stored] };
}

const bytes = moduleOf({ pages: 1, maxPages: 65536 }, [addColumns(), addProducts(), addErrors()]);
const text = `// Generated by scripts/generate-refine-kernels.mjs: do not edit.

/** A WebAssembly module, in base64, that exports \`memory\`, \`addColumns\`, \`addProducts\` and \`addErrors\`. */
export const MODULE =
  '${bytes.toString('base64')}';
`;

const target = join(dirname(fileURLToPath(import.meta.url)), '../src/quantize/refine/refine-kernels-wasm.generated.ts');
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is not up to date: run node scripts/generate-refine-kernels.mjs`);
  process.exitCode = 1;
}
