/** How a picture becomes a tensor: fitted to the input's height and width, then value = (pixel − mean) / std. */
export interface ImageOptions {
  /** `stretch` ignores the proportions; `crop` takes the middle of the picture in the input's. Default: `stretch`. */
  readonly fit?: 'stretch' | 'crop' | undefined;
  /** Of pixels from 0 to 255, for all channels or each. Default: 0. */
  readonly mean?: number | readonly number[] | undefined;
  /** Default: 1. */
  readonly std?: number | readonly number[] | undefined;
  /** Default: `rgb`. */
  readonly order?: 'rgb' | 'bgr' | undefined;
}

/** Why a picture cannot be used. */
export class ImageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageError';
  }
}
