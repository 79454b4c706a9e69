import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DataSetOptions, Sample } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { fixture, input, readAll, refusal, signature, valuesOf } from './reading.js';

const expected = readNpz(readFileSync(fixture('pictures.npz')));
const names = ['a.jpg', 'b/progressive.jpeg', 'b/rgb.png', 'b/rgba.png', 'grey.png', 'grey16.png'];

async function pictures(
  shape: (number | null)[],
  options: DataSetOptions = {},
  dtype: 'float32' | 'uint8' | 'int8' = 'float32',
) {
  return readAll(await openDataSet(fixture('pictures'), options), signature(input('image', dtype, shape)));
}

function furthest(samples: readonly Sample[], kind: string): number {
  let largest = 0;
  valuesOf(samples, 'image').forEach((values, i) => {
    const wanted = expected.get(`${names[i]}/${kind}`) as Tensor;
    expect(values).toHaveLength(wanted.size);
    values.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - Number(wanted.data[at])));
    });
  });
  return largest;
}

describe('pictures', () => {
  test('are decoded as TensorFlow does, to the last bit, in the order of their paths', async () => {
    const samples = await pictures([null, null, null, 3]);
    expect(samples.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(samples[0]?.values.get('image')?.shape).toEqual([1, 30, 40, 3]);
    expect(furthest(samples, 'pixels')).toBe(0);
  });

  test('are resized as `tf.image.resize` does', async () => {
    expect(furthest(await pictures([null, 12, 10, 3]), 'stretch')).toBeLessThan(1e-4);
  });

  test('are cropped as `smart_resize` of Keras does', async () => {
    expect(furthest(await pictures([1, 12, 10, 3], { image: { fit: 'crop' } }), 'crop')).toBeLessThan(1e-4);
  });

  test('are scaled, channel by channel', async () => {
    const [plain, scaled] = await Promise.all([
      pictures([1, 4, 4, 3]),
      pictures([1, 4, 4, 3], { image: { mean: [10, 20, 30], std: 2 } }),
    ]);
    const wanted = valuesOf(plain, 'image').map((values) =>
      values.map((value, i) => (value - ([10, 20, 30][i % 3] as number)) / 2),
    );
    valuesOf(scaled, 'image').forEach((values, i) => {
      values.forEach((value, at) => {
        expect(value).toBeCloseTo(wanted[i]?.[at] as number, 3);
      });
    });
  });

  test('have their channels in the order that the model takes, last or first', async () => {
    const [rgb] = valuesOf(await pictures([1, 5, 6, 3]), 'image') as [number[]];
    const [bgr] = valuesOf(await pictures([1, 5, 6, 3], { image: { order: 'bgr' } }), 'image') as [number[]];
    const [first] = valuesOf(await pictures([1, 3, 5, 6]), 'image') as [number[]];
    for (let pixel = 0; pixel < 30; pixel++) {
      const [red, green, blue] = rgb.slice(pixel * 3) as [number, number, number];
      expect(bgr.slice(pixel * 3, pixel * 3 + 3)).toEqual([blue, green, red]);
      expect([first[pixel], first[30 + pixel], first[60 + pixel]]).toEqual([red, green, blue]);
    }
  });

  test('become grey, bytes, signed bytes, or keep their opacity', async () => {
    const grey = valuesOf(await pictures([1, 8, 8, 1]), 'image');
    const colour = valuesOf(await pictures([1, 8, 8, 3]), 'image');
    expect(grey[4]).toEqual(colour[4]?.filter((_, i) => i % 3 === 0));
    const bytes = valuesOf(await pictures([1, 8, 8, 3], {}, 'uint8'), 'image');
    const signed = valuesOf(await pictures([1, 8, 8, 3], {}, 'int8'), 'image');
    expect(bytes[4]).toEqual(colour[4]);
    expect(signed[4]).toEqual(colour[4]?.map((value) => value - 128));
    const opacity = valuesOf(await pictures([9, 7, 4]), 'image')[3];
    expect(opacity?.filter((_, i) => i % 4 === 3)).toEqual(new Array(63).fill(99));
  });

  test("are joined to the model's batch", async () => {
    const samples = await pictures([4, 6, 6, 3]);
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
      [0, 4],
      [4, 2],
    ]);
    expect(samples[1]?.values.get('image')?.shape).toEqual([4, 6, 6, 3]);
  });

  test('in the records of a TFRecord', async () => {
    const data = await openDataSet(fixture('pictures.tfrecord'));
    const samples = await readAll(data, signature(input('image', 'float32', [null, 12, 10, 3])));
    const [jpeg, png] = valuesOf(samples, 'image') as [number[], number[]];
    const close = (values: number[], name: string) =>
      values.every((value, i) => Math.abs(value - Number((expected.get(`${name}/stretch`) as Tensor).data[i])) < 1e-4);
    expect([close(jpeg, 'a.jpg'), close(png, 'b/rgb.png')]).toEqual([true, true]);
  });
});

describe('what is wrong is named', () => {
  function folderWith(name: string, content: Uint8Array): string {
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-pictures-'));
    cpSync(fixture('pictures'), folder, { recursive: true });
    writeFileSync(join(folder, name), content);
    return folder;
  }
  const image = signature(input('image', 'float32', [null, 4, 4, 3]));
  const opened = async (path: string) => readAll(await openDataSet(path), image);
  const jpeg = readFileSync(fixture('pictures/a.jpg'));
  const png = readFileSync(fixture('pictures/grey.png'));
  const huge = Buffer.from(png);
  huge.writeUInt32BE(0xffffff, 16);
  huge.writeUInt32BE(99, 20);

  test.each([
    ['c.jpg', jpeg.subarray(0, jpeg.length >> 1), /^c\.jpg: sample 4, 'image': it is damaged: Premature end/],
    ['c.jpg', Buffer.concat([jpeg.subarray(0, 4), Buffer.alloc(99, 7)]), /^c\.jpg: sample 4, 'image': it is damaged/],
    ['c.png', png.subarray(0, 60), /^c\.png: sample 4, 'image': it is damaged/],
    ['c.png', huge, /^c\.png: sample 4, 'image': it has 16777215 × 99 pixels, too many to read/],
    ['c.png', Buffer.from('GIF89a'), /^c\.png: sample 4, 'image': it is neither PNG nor JPEG/],
  ])('a file that is damaged: %s', async (name, content, message) => {
    expect(await refusal(opened(folderWith(name, content)))).toMatch(message);
    // And what was read after it is right.
    expect(furthest(await pictures([null, null, null, 3]), 'pixels')).toBe(0);
  });

  test('inputs that take no picture', async () => {
    const data = await openDataSet(fixture('pictures'));
    expect(await refusal(readAll(data, signature(input('x', 'float32', [null, 64]))))).toBe(
      "a.jpg: sample 0, 'x': a picture does not fit float32 [?x64]",
    );
    expect(await refusal(readAll(data, signature(...image.inputs, input('y', 'float32', [1]))))).toMatch(
      /a folder of pictures can only be given to a model with one input/,
    );
    expect(await refusal(pictures([1, 4, 4, 3], { image: { mean: [1, 2] } }))).toMatch(
      /'mean' has 2 values for 3 channels/,
    );
  });

  test('pictures of different sizes in a batch of a model that takes any', async () => {
    expect(await refusal(pictures([2, null, null, 3]))).toMatch(
      /sample 1, 'image': it is float32 \[1x24x24x3\], and in sample 0 of the same batch float32 \[1x30x40x3\]/,
    );
  });
});
