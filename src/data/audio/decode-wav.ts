import wavefile from 'wavefile';
import { AudioError } from './audio-options.js';

/** Samples of each channel, from −1 up to 1. */
export interface Recording {
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: readonly Float64Array[];
}

interface Format {
  readonly audioFormat: number;
  readonly numChannels: number;
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  readonly subformat: readonly number[];
}

const PCM = 1;
const FLOAT = 3;
/** The format stands in an extension. */
const EXTENSIBLE = 0xfffe;
const MOST_CHANNELS = 64;

/** Decodes a WAV file of integers of 8, 16, 24 or 32 bits, or floats of 32 or 64 bits. Throws an AudioError. */
export function decodeWav(bytes: Uint8Array): Recording {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (!/^(RIFF|RIFX|RF64).{4}WAVE$/s.test(start)) throw new AudioError('it is no WAV file');
  const file = read(bytes);
  const format = file.fmt as Format;
  const { numChannels, sampleRate, bitsPerSample } = format;
  const kind = format.audioFormat === EXTENSIBLE ? format.subformat[0] : format.audioFormat;
  const isKnown = kind === PCM ? [8, 16, 24, 32].includes(bitsPerSample) : kind === FLOAT && bitsPerSample >= 32;
  if (!isKnown) {
    throw new AudioError(
      `it is encoded as format ${kind} of ${bitsPerSample} bits`,
      'Save it as PCM of 8, 16, 24 or 32 bits, or as 32-bit float, for example by `ffmpeg -i IN -c:a pcm_s16le OUT.wav`.',
    );
  }
  if (numChannels < 1 || numChannels > MOST_CHANNELS || sampleRate < 1) {
    throw new AudioError(`it is damaged: ${numChannels} channels at ${sampleRate} Hz`);
  }
  const { samples, chunkSize } = file.data as { samples: Uint8Array; chunkSize: number };
  const frame = (numChannels * bitsPerSample) / 8;
  // Programs that write to a pipe do not know the length and give the largest.
  if (samples.length < chunkSize && chunkSize < 0xfffff000) {
    throw new AudioError(`it ends early: ${samples.length} of ${chunkSize} bytes`);
  }
  if (samples.length % frame !== 0) throw new AudioError('it is damaged: its last samples are incomplete');
  const interleaved = file.getSamples(true, Float64Array);
  const channels = Array.from({ length: numChannels }, (_, channel) =>
    channelOf(interleaved, channel, numChannels, kind === PCM ? bitsPerSample : undefined),
  );
  return { sampleRate, channels };
}

function read(bytes: Uint8Array): wavefile.WaveFile {
  try {
    return new wavefile.WaveFile(bytes);
  } catch (error) {
    throw new AudioError(`it is damaged: ${(error as Error).message}`);
  }
}

/** Integers of 8 bits are unsigned around 128, wider ones signed. */
function channelOf(interleaved: Float64Array, channel: number, step: number, bits: number | undefined): Float64Array {
  const scale = bits === undefined ? 1 : 2 ** (bits - 1);
  const zero = bits === 8 ? 128 : 0;
  const result = new Float64Array(interleaved.length / step);
  for (let i = 0; i < result.length; i++) {
    const value = interleaved[i * step + channel] as number;
    if (Number.isNaN(value)) throw new AudioError(`its sample ${i} is NaN`);
    result[i] = (value - zero) / scale;
  }
  return result;
}
