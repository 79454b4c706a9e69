/** How a picture becomes a tensor: fitted to the input's height and width, then (pixel × scale − mean) / std. */
export interface ImageOptions {
  /**
   * `stretch` ignores the proportions; `crop` takes the middle of the picture in the input's; `pad` shows all of it, on
   * a ground of `padding`. Default: `stretch`.
   */
  readonly fit?: 'stretch' | 'crop' | 'pad' | undefined;
  /** For `crop`: the shorter side of the picture in pixels, before its middle is cut out in the input's size. */
  readonly shorterSide?: number | undefined;
  /** For `pad`: the pixels around the picture, from 0 to 255. Default: 0, black. */
  readonly padding?: number | undefined;
  /** Whether all pixels count where a picture becomes smaller, as in Pillow and torchvision. Default: false. */
  readonly antialias?: boolean | undefined;
  /** For pixels from 0 to 255. Default: 1. */
  readonly scale?: number | undefined;
  /** Of scaled pixels, for all channels or each. Default: 0. */
  readonly mean?: number | readonly number[] | undefined;
  /** Of scaled pixels, for all channels or each. Default: 1. */
  readonly std?: number | readonly number[] | undefined;
  /** Default: `rgb`. */
  readonly order?: 'rgb' | 'bgr' | undefined;
}

/** A small file may claim any size: at four bytes each so many pixels take a quarter of a gigabyte. */
const MOST_PIXELS = 2 ** 26;

/** Throws an ImageError. */
export function refuseHuge(width: number, height: number): void {
  if (width * height > MOST_PIXELS) throw new ImageError(`it has ${width} × ${height} pixels, too many to read`);
}

/** Why a picture cannot be used. */
export class ImageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageError';
  }
}
