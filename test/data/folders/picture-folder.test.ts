import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { DataSetOptions, Sample } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { crc32 } from '#tensor/zip.js';
import { fixture, input, readAll, refusal, signature, valuesOf } from '../reading.js';

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

  test('are smoothed as `tf.image.resize` does with `antialias`, and Pillow', async () => {
    const samples = await pictures([1, 12, 10, 3], { image: { antialias: true } });
    expect(furthest(samples, 'antialias')).toBeLessThan(1e-4);
  });

  test('are shown as a whole on a ground, as `tf.image.resize_with_pad` does', async () => {
    const samples = await pictures([1, 12, 10, 3], { image: { fit: 'pad' } });
    expect(furthest(samples, 'pad')).toBeLessThan(1e-4);
    const [grey] = valuesOf(await pictures([1, 9, 4, 1], { image: { fit: 'pad', padding: 114 } }), 'image');
    expect(grey?.slice(0, 12)).toEqual(new Array(12).fill(114));
  });

  test('are cut out of the middle at a size of their own', async () => {
    // A picture of 40 × 30 at its own size: 40 - 10 = 30 are cut off, 15 on each side; 30 - 12 = 18, 9 on each side.
    const [whole] = valuesOf(await pictures([null, null, null, 3]), 'image') as [number[]];
    const [part] = valuesOf(await pictures([1, 12, 10, 3], { image: { fit: 'crop', shorterSide: 30 } }), 'image');
    const rows = Array.from({ length: 12 }, (_, y) => whole.slice(((y + 9) * 40 + 15) * 3, ((y + 9) * 40 + 25) * 3));
    expect(part).toEqual(rows.flat());
    // At 44 × 33, 44 - 11 = 33 leaves 16 on the left and 17 on the right, and 33 - 12 = 21 leaves 10, as Python rounds.
    const larger = await pictures([1, 12, 11, 3], { image: { fit: 'crop', shorterSide: 33 } });
    const resized = await pictures([1, 33, 44, 3]);
    const start = (10 * 44 + 16) * 3;
    expect(valuesOf(larger, 'image')[0]?.slice(0, 3)).toEqual(valuesOf(resized, 'image')[0]?.slice(start, start + 3));
    expect(await refusal(pictures([1, 12, 10, 3], { image: { fit: 'crop', shorterSide: 11 } }))).toMatch(
      /a\.jpg: sample 0, 'image': with a shorter side of 11 pixels it is 14 × 11, less than the input's 10 × 12/,
    );
  });

  test('are scaled, channel by channel', async () => {
    const [plain, scaled] = await Promise.all([
      pictures([1, 4, 4, 3]),
      pictures([1, 4, 4, 3], { image: { scale: 0.5, mean: [5, 10, 15], std: 1 } }),
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

/** A picture of 8 × 8 pixels, interlaced, whose data inflates to 64 MB. */
function interlacedBomb(): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const bytes = Buffer.alloc(12 + content.length);
    bytes.writeUInt32BE(content.length);
    bytes.write(type, 4, 'latin1');
    bytes.set(content, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
    return bytes;
  };
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 1]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const content = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(2 ** 26))),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...content]);
}

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
  const hugeJpeg = Buffer.from(jpeg);
  hugeJpeg.writeUInt32BE(0xffffffff, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);

  test.each([
    ['c.jpg', jpeg.subarray(0, jpeg.length >> 1), /^c\.jpg: sample 4, 'image': it is damaged: Premature end/],
    ['c.jpg', Buffer.concat([jpeg.subarray(0, 4), Buffer.alloc(99, 7)]), /^c\.jpg: sample 4, 'image': it is damaged/],
    ['c.png', png.subarray(0, 60), /^c\.png: sample 4, 'image': it is damaged/],
    ['c.png', huge, /^c\.png: sample 4, 'image': it has 16777215 × 99 pixels, too many to read/],
    ['c.jpg', hugeJpeg, /^c\.jpg: sample 4, 'image': it has 65535 × 65535 pixels, too many to read/],
    ['c.png', interlacedBomb(), /^c\.png: sample 4, 'image': it is damaged: .*(larger|too large|bytes)/i],
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
      /a folder of pictures gives one input, and here the labels 'label'; signature 'serve' asks for 'image', /,
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
