import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { AudioOptions } from '#data/audio/audio-options.js';
import { decodeWav } from '#data/audio/decode-wav.js';
import type { DataSignature } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { changedFolder, fixture, input, readAll, refusal, signature, valuesOf } from '../reading.js';

const expected = readNpz(readFileSync(fixture('recordings.npz')));
const wav = (name: string) => readFileSync(fixture(`recordings/${name}`));
const stereo = wav('stereo16.wav');
const valuesIn = (name: string) => Array.from((expected.get(name) as Tensor).data as Float64Array);
const side = (which: number) => valuesIn('stereo16.wav').filter((_, i) => i % 2 === which);

/** As the fixture of 50 samples, mono, but at another rate. */
function mono(rate: number): Buffer {
  const bytes = Buffer.from(wav('float32.wav'));
  bytes.writeUInt32LE(rate, 24);
  return bytes;
}

async function read(
  files: Record<string, Uint8Array>,
  shape: (number | null)[],
  audio: AudioOptions = {},
  dtype: 'float32' | 'int16' | 'int8' = 'float32',
  ...labels: DataSignature['inputs']
) {
  const data = await openDataSet(changedFolder(files), { audio });
  return readAll(data, signature(input('sound', dtype, shape), ...labels));
}

describe('recordings', () => {
  test.each(['stereo8.wav', 'stereo16.wav', 'stereo24.wav', 'stereo32.wav', 'float32.wav'])(
    '%s is decoded to the last bit',
    (name) => {
      const { sampleRate, channels } = decodeWav(wav(name));
      expect(sampleRate).toBe(8000);
      const values = Array.from({ length: 50 }, (_, i) => channels.map((channel) => channel[i]));
      expect(values.flat()).toEqual(valuesIn(name));
    },
  );

  test.each<[(number | null)[], number[]]>([
    [
      [null, 2],
      [50, 2],
    ],
    [
      [50, 2],
      [50, 2],
    ],
    [
      [1, 50, 2],
      [1, 50, 2],
    ],
    [
      [null, 2, null],
      [1, 2, 50],
    ],
  ])('of two channels in %j', async (shape, found) => {
    const [sample] = await read({ 'a.wav': stereo }, shape);
    const tensor = sample?.values.get('sound') as Tensor;
    expect(tensor.shape).toEqual(found);
    const inOrder = found[1] === 2 && found.length === 3 ? [...side(0), ...side(1)] : valuesIn('stereo16.wav');
    expect(Array.from(tensor.data as Float32Array)).toEqual(inOrder);
  });

  test.each<(number | null)[]>([[50], [null], [1, 50], [null, null], [1, 50, 1]])(
    'of one channel in %j',
    async (...shape) => {
      const [sample] = await read({ 'a.wav': wav('float32.wav') }, shape);
      expect(valuesOf(sample ? [sample] : [], 'sound')[0]).toEqual(valuesIn('float32.wav'));
    },
  );

  test('of two channels for a model of one', async () => {
    const of = async (option: AudioOptions['mono']) =>
      valuesOf(await read({ 'a.wav': stereo }, [null, 50], { mono: option }), 'sound')[0];
    expect(await of('left')).toEqual(side(0));
    expect(await of('right')).toEqual(side(1));
    expect(await of('mean')).toEqual(side(0).map((value, i) => (value + (side(1)[i] as number)) / 2));
  });

  test('padded and cut', async () => {
    const own = valuesIn('float32.wav');
    const of = async (length: number, align?: AudioOptions['align']) =>
      valuesOf(await read({ 'a.wav': wav('float32.wav') }, [1, length], { length: 'fit', align }), 'sound')[0];
    expect(await of(40)).toEqual(own.slice(0, 40));
    expect(await of(40, 'middle')).toEqual(own.slice(5, 45));
    expect(await of(53)).toEqual([...own, 0, 0, 0]);
    expect(await of(53, 'middle')).toEqual([0, ...own, 0, 0]);
  });

  test('as 16-bit samples, and scaled', async () => {
    const [ints] = valuesOf(await read({ 'a.wav': stereo }, [null, 50], { mono: 'left' }, 'int16'), 'sound');
    expect(ints).toEqual(side(0).map((value) => value * 32768));
    const [scaled] = valuesOf(await read({ 'a.wav': stereo }, [null, 50], { mono: 'left', scale: 32768 }), 'sound');
    expect(scaled).toEqual(ints);
  });

  test('at another rate', async () => {
    const [sample] = await read({ 'a.wav': mono(4000) }, [null, null], { sampleRate: 8000, resample: true });
    expect(sample?.values.get('sound')?.shape).toEqual([1, 100]);
    // A slow wave stays what it is, but for the ends.
    const wave = Buffer.from(mono(4000));
    for (let i = 0; i < 50; i++) wave.writeFloatLE(Math.sin(i / 8), 44 + i * 4);
    const [slow] = valuesOf(await read({ 'a.wav': wave }, [null], { sampleRate: 8000, resample: true }), 'sound');
    for (let i = 20; i < 80; i++) expect(Math.abs((slow?.[i] as number) - Math.sin(i / 16))).toBeLessThan(0.1);
  });

  test('with labels, in batches', async () => {
    const files = { 'no/1.wav': mono(8000), 'yes/1.wav': mono(8000), 'yes/2.wav': mono(8000) };
    const samples = await read(files, [2, 50], {}, 'float32', input('label', 'int64', [2]));
    expect(valuesOf(samples, 'label')).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

describe('what is wrong is named', () => {
  const changed = (change: (bytes: Buffer) => unknown) => {
    const bytes = Buffer.from(stereo);
    change(bytes);
    return { 'a.wav': bytes };
  };

  test.each<[string, Record<string, Uint8Array>, (number | null)[], AudioOptions, RegExp]>([
    ['no WAV', { 'a.wav': Buffer.from('OggS') }, [null], {}, /^a\.wav: sample 0, 'sound': it is no WAV file$/],
    ['cut short', { 'a.wav': stereo.subarray(0, 200) }, [null, 2], {}, /it ends early: 156 of 200 bytes$/],
    ['cut in its header', { 'a.wav': stereo.subarray(0, 30) }, [null, 2], {}, /'sound': it is damaged: /],
    [
      'an encoding',
      changed((bytes) => bytes.writeUInt16LE(6, 20)),
      [null, 2],
      {},
      /it is encoded as format 6 of 16 bits$/,
    ],
    ['bits', changed((bytes) => bytes.writeUInt16LE(12, 34)), [null, 2], {}, /it is encoded as format 1 of 12 bits$/],
    [
      'channels',
      changed((bytes) => bytes.writeUInt16LE(0, 22)),
      [null, 2],
      {},
      /it is damaged: 0 channels at 8000 Hz$/,
    ],
    [
      'three channels',
      changed((bytes) => bytes.writeUInt16LE(3, 22)),
      [null, 2],
      {},
      /it is damaged: its last samples are incomplete$/,
    ],
    [
      'NaN',
      { 'a.wav': Buffer.concat([mono(8000).subarray(0, 44), Buffer.alloc(200, 0xff)]) },
      [null],
      {},
      /its sample 0 is NaN$/,
    ],
    ['two channels', { 'a.wav': stereo }, [null], {}, /it has 2 channels, and the input takes 1$/],
    ['one channel', { 'a.wav': mono(8000) }, [null, 2], {}, /it has 1 channels, and the input takes 2$/],
    ['length', { 'a.wav': mono(8000) }, [1, 60], {}, /it has 50 samples, and the input takes 60$/],
    [
      'rate',
      { 'a.wav': mono(8000) },
      [null],
      { sampleRate: 16000 },
      /it has 8000 samples a second, and the option `sample-rate` 16000$/,
    ],
    [
      'rates',
      { 'a.wav': mono(8000), 'b.wav': mono(9000) },
      [null],
      { resample: true },
      /^b\.wav: sample 1, 'sound': it has 9000 samples a second, and the recordings before it 8000$/,
    ],
    [
      'a rate too high',
      { 'a.wav': mono(1) },
      [null],
      { sampleRate: 4_000_000, resample: true },
      /it would have 200000000 samples at 4000000 Hz$/,
    ],
    ['a picture', { 'a.wav': mono(8000) }, [1, 28, 28, 1], {}, /a recording does not fit float32 \[1x28x28x1\]$/],
  ])('%s', async (_, files, shape, options, reason) => {
    expect(await refusal(read(files, shape, options))).toMatch(reason);
  });

  test('a dtype', async () => {
    expect(await refusal(read({ 'a.wav': stereo }, [null, 2], {}, 'int8'))).toMatch(/a recording does not fit int8/);
  });
});
