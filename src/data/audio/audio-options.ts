/** How a recording becomes a tensor: samples from −1 up to 1, times `scale`, in the length that the input takes. */
export interface AudioOptions {
  /** In hertz: what the model takes. Recordings at another rate are refused. Default: that of the first recording. */
  readonly sampleRate?: number | undefined;
  /** Changes recordings at another rate to `sampleRate`, which then has to be given. Default: false. */
  readonly resample?: boolean | undefined;
  /** What a model of one channel gets of a recording with more: their mean, or one of them. Default: it is refused. */
  readonly mono?: 'mean' | 'left' | 'right' | undefined;
  /** `fit` pads recordings that are too short with silence and cuts those that are too long. Default: `exact`. */
  readonly length?: 'exact' | 'fit' | undefined;
  /** For `fit`: where the recording stands in the silence, and which part of a long one stays. Default: `start`. */
  readonly align?: 'start' | 'middle' | undefined;
  /** 32768 for models that take float samples of 16 bits. Default: 1. */
  readonly scale?: number | undefined;
}

/** Why a recording cannot be used. */
export class AudioError extends Error {
  readonly help: readonly string[];

  constructor(message: string, ...help: string[]) {
    super(message);
    this.name = 'AudioError';
    this.help = help;
  }
}
