import { ImageError, type ImageOptions } from './image-options.js';
import { cut, type Plane, resizeAntialiased, resizeBilinear } from './resize.js';

/** The pixels of a picture in another size, as the options say. Throws an ImageError. */
export function fitPicture(plane: Plane, width: number, height: number, options: ImageOptions): Float32Array {
  switch (options.fit) {
    case 'crop':
      return options.shorterSide === undefined
        ? resize(cropToProportions(plane, width, height), width, height, options)
        : cropAfterResize(plane, width, height, options.shorterSide, options);
    case 'pad':
      return pad(plane, width, height, options);
    default:
      return resize(plane, width, height, options);
  }
}

function resize(plane: Plane, width: number, height: number, { antialias }: ImageOptions): Float32Array {
  if (plane.width === width && plane.height === height) return Float32Array.from(plane.data);
  return antialias ? resizeAntialiased(plane, width, height) : resizeBilinear(plane, width, height);
}

/** The middle of the plane, as large as may be in the proportions of width × height. As Keras's `smart_resize`. */
function cropToProportions(plane: Plane, width: number, height: number): Plane {
  const cropWidth = Math.max(1, Math.min(plane.width, Math.floor((plane.height * width) / height)));
  const cropHeight = Math.max(1, Math.min(plane.height, Math.floor((plane.width * height) / width)));
  const left = Math.floor((plane.width - cropWidth) / 2);
  const top = Math.floor((plane.height - cropHeight) / 2);
  return cut(plane, left, top, cropWidth, cropHeight);
}

/** As torchvision's `Resize(shorterSide)` and `CenterCrop([height, width])`. */
function cropAfterResize(
  plane: Plane,
  width: number,
  height: number,
  shorterSide: number,
  options: ImageOptions,
): Float32Array {
  const shorter = Math.min(plane.width, plane.height);
  const [newWidth, newHeight] = [plane.width, plane.height].map((side) =>
    side === shorter ? shorterSide : Math.floor((side * shorterSide) / shorter),
  ) as [number, number];
  if (newWidth < width || newHeight < height) {
    throw new ImageError(
      `with a shorter side of ${shorterSide} pixels it is ${newWidth} × ${newHeight}, less than the input's ${width} × ${height}`,
    );
  }
  const data = resize(plane, newWidth, newHeight, options);
  const resized = { width: newWidth, height: newHeight, channels: plane.channels, data };
  const part = cut(resized, halfToEven(newWidth - width), halfToEven(newHeight - height), width, height);
  return part.data as Float32Array;
}

/** Half of a whole number, rounded as Python does. */
function halfToEven(value: number): number {
  return value % 4 === 3 ? (value + 1) / 2 : Math.floor(value / 2);
}

/** As `tf.image.resize_with_pad`. */
function pad(plane: Plane, width: number, height: number, options: ImageOptions): Float32Array {
  const ratio = Math.max(plane.width / width, plane.height / height);
  const inner = {
    width: Math.max(1, Math.floor(plane.width / ratio)),
    height: Math.max(1, Math.floor(plane.height / ratio)),
  };
  const pixels = resize(plane, inner.width, inner.height, options);
  const left = Math.floor((width - plane.width / ratio) / 2);
  const top = Math.floor((height - plane.height / ratio) / 2);
  const result = new Float32Array(width * height * plane.channels).fill(options.padding ?? 0);
  const line = inner.width * plane.channels;
  for (let y = 0; y < inner.height; y++) {
    result.set(pixels.subarray(y * line, (y + 1) * line), ((top + y) * width + left) * plane.channels);
  }
  return result;
}
