import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import type { LinearLayer } from '#quantize/refine/linear-layer.js';
import { Patches, windowRows } from '#quantize/refine/patches.js';
import { meansOf, storedRows } from '#quantize/refine/stored-inputs.js';

const point = { size: 1, stride: 1, dilation: 1 };

/** Rows of numbers between -2 and 4, of which a third are zero, as behind a ReLU. */
function patchesOf(rows: number, channels: number): Patches {
  const layer: LinearLayer = {
    input: 0,
    weights: 1,
    bias: 2,
    height: point,
    width: point,
    samePadding: false,
    channels,
    units: 1,
    depthwise: false,
    windowed: false,
  };
  let state = 7;
  const data = Float32Array.from({ length: rows * channels }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % 3 === 0 ? 0 : (6 * state) / 2 ** 31 - 2;
  });
  const patches = new Patches(layer, rows + 3, 1);
  patches.take(data, windowRows(layer, [rows, channels], rows), false);
  return patches;
}

// What lies beyond -2 and 2.25 is cut off.
const scale = Math.fround(1 / 60);
const type = { affine: { scale, zeroPoint: -8 }, dtype: 'int8' as const };
const stepOf = (value: number) => Math.max(-120, Math.min(135, Math.round(value / scale)));

test.each([1, 3, 4, 11, 64])('the means of %i columns are those of plain sums, to the last bit', (channels) => {
  const { data, rows } = patchesOf(50, channels);
  const { exact, stored } = meansOf(patchesOf(50, channels), type);
  for (let i = 0; i < channels; i++) {
    let [sum, steps] = [0, 0];
    for (let r = 0; r < rows; r++) {
      const value = data[r * channels + i] as number;
      sum += value;
      steps += stepOf(value);
    }
    expect([exact[i], stored[i]]).toEqual([sum / rows, (steps * scale) / rows]);
  }
});

test('rows of a group as they are stored, less a centre', () => {
  const patches = patchesOf(9, 6);
  const centre = Float64Array.from({ length: 6 }, (_, i) => i / 7);
  const rows = storedRows(patches, 1, 3, type, centre);
  const expected = Array.from({ length: 18 }, (_, i) => {
    const column = 1 + 3 * (i % 2);
    const value = patches.data[Math.floor(i / 2) * 6 + column] as number;
    return scale * stepOf(value) - (centre[column] as number);
  });
  expect(Array.from(rows)).toEqual(expected);
});

test('the module of kernels is what its generator makes', () => {
  const check = ['scripts/generate-refine-kernels.mjs', '--check'];
  expect(() => execFileSync(process.execPath, check, { stdio: 'pipe' })).not.toThrow();
});
