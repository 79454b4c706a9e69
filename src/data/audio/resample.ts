import wavefile from 'wavefile';
import { AudioError } from './audio-options.js';
import type { Recording } from './decode-wav.js';

const MOST_SAMPLES = 2 ** 26;

/** A recording at another rate, by cubic interpolation after a low-pass filter. Throws an AudioError. */
export function resample({ sampleRate, channels }: Recording, rate: number): Recording {
  const length = ((channels[0]?.length ?? 0) * rate) / sampleRate;
  if (length > MOST_SAMPLES) throw new AudioError(`it would have ${Math.round(length)} samples at ${rate} Hz`);
  return {
    sampleRate: rate,
    channels: channels.map((samples) => {
      const file = new wavefile.WaveFile();
      file.fromScratch(1, sampleRate, '64', samples);
      file.toSampleRate(rate);
      return file.getSamples(false, Float64Array);
    }),
  };
}
