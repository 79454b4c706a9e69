import { byteLength, type DType } from './dtype.js';
import { elementCount, stridesOf } from './shape.js';
import { Tensor } from './tensor.js';

/** A .npy or .npz file that cannot be read, or a tensor that these formats cannot hold; the message says why. */
export class NpyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NpyError';
  }
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's kind letter and item size; strings (S, U) are treated apart. */
const codes: Readonly<Record<string, Exclude<DType, 'string'>>> = {
  f4: 'float32',
  f8: 'float64',
  f2: 'float16',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
  c8: 'complex64',
  c16: 'complex128',
};

const codeOf = new Map(Object.entries(codes).map(([code, dtype]) => [dtype as DType, code]));

const utf8 = new TextEncoder();
const latin1 = new TextDecoder('latin1');

/** What the header of a .npy array says. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Bytes an element. */
  readonly itemBytes: number;
  readonly fortranOrder: boolean;
  readonly bigEndian: boolean;
  /** NumPy's letter of the kind of elements. */
  readonly kind: string;
  /** Where the elements begin. */
  readonly offset: number;
}

/**
 * Reads one array in NumPy's .npy format, versions 1 to 3. Elements of any of our dtypes that NumPy has are a view on
 * `bytes` where their order allows; Fortran order and big-endian elements are converted. `S` and `U` arrays become
 * string tensors (UTF-8; trailing NULs are padding, as in NumPy). Throws an NpyError that says what is wrong.
 * Format: numpy.lib.format.
 */
export function readNpy(bytes: Uint8Array): Tensor {
  const header = readNpyHeader(bytes);
  const { shape, offset, itemBytes } = header;
  return decodeNpyElements(header, shape, elements(bytes, offset, itemBytes * elementCount(shape)));
}

/** The tensor of elements as they lie in an array with this header: all of it, or with `shape` that of some rows. */
export function decodeNpyElements(header: NpyHeader, shape: readonly number[], bytes: Uint8Array): Tensor {
  const { dtype, itemBytes, bigEndian, fortranOrder } = header;
  if (dtype === 'string') {
    const count = elementCount(shape);
    const strings =
      header.kind === 'S' ? byteStrings(bytes, itemBytes, count) : unicodeStrings(bytes, itemBytes, count, bigEndian);
    return Tensor.fromStrings(shape, fortranOrder ? fromFortran(strings, shape, 1) : strings);
  }
  let data = bytes;
  if (bigEndian) data = swapBytes(data, header.kind === 'c' ? itemBytes / 2 : itemBytes);
  if (fortranOrder) data = fromFortran(data, shape, itemBytes);
  return Tensor.fromBytes(dtype, shape, data);
}

/**
 * Writes a tensor in NumPy's .npy format (version 1, C order, little-endian), as `numpy.save` does. Strings become an
 * `S` array as wide as the longest. Throws an NpyError for what the format cannot hold: bfloat16, int4, and strings
 * that end in a NUL, which NumPy would strip.
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  if (tensor.dtype === 'string') return writeStrings(tensor);
  const code = codeOf.get(tensor.dtype);
  if (code === undefined) {
    throw new NpyError(
      `NumPy's files have no element type for ${tensor.dtype}; cast it in the model, for example to float32`,
    );
  }
  const header = encodeHeader(`${code.endsWith('1') && code.length === 2 ? '|' : '<'}${code}`, tensor.shape);
  const result = new Uint8Array(header.length + tensor.bytes.byteLength);
  result.set(header);
  result.set(tensor.bytes, header.length);
  return result;
}

function unsupportedType(descr: string, kind: string): string {
  if (kind === 'O') {
    return 'it is an array of Python objects, which only Python can read; give it one element type before saving, for example `array.astype(numpy.float32)`, or `astype(bytes)` for text';
  }
  if (kind === 'V') return `its element type ${descr} is raw memory; save bfloat16 and other extensions as float32`;
  return `its element type ${descr} is not one a tensor can have`;
}

/** Reads the header that an array begins with; what follows it is not looked at. Throws an NpyError. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new NpyError('it is not a .npy array');
  const major = bytes[6] as number;
  if (major < 1 || major > 3) throw new NpyError(`its format version ${major} is unknown`);
  const start = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < start) throw new NpyError('it ends inside its header');
  const offset = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (offset > bytes.length) throw new NpyError('it ends inside its header');

  const text = latin1.decode(bytes.subarray(start, offset));
  const descr = /'descr':\s*('[^']*'|\[.*\])\s*[,}]/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined) {
    throw new NpyError(`its header cannot be read: ${text.trim().slice(0, 200)}`);
  }
  const dims = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const type = elementType(descr.startsWith("'") ? descr.slice(1, -1) : descr);
  return { ...type, shape: dims, fortranOrder: fortran === 'True', offset };
}

function elementType(descr: string): Pick<NpyHeader, 'dtype' | 'itemBytes' | 'bigEndian' | 'kind'> {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr);
  if (!match) throw new NpyError(`its element type ${descr} is not one a tensor can have (records are not)`);
  const [, order, kind, digits] = match as unknown as [string, string, string, string];
  const bigEndian = order === '>';
  if (kind === 'S' || kind === 'U') {
    return { dtype: 'string', itemBytes: Number(digits) * (kind === 'U' ? 4 : 1), bigEndian, kind };
  }
  const dtype = codes[kind + digits];
  if (dtype === undefined) throw new NpyError(unsupportedType(descr, kind));
  return { dtype, itemBytes: byteLength(dtype, 1), bigEndian, kind };
}

/** The array's bytes; what follows them belongs to something else, as in NumPy. */
function elements(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  if (bytes.length - offset < length) {
    throw new NpyError(`it ends early: ${bytes.length - offset} bytes of elements, ${length} expected`);
  }
  // Not `subarray`: of a Node Buffer that is a Buffer, whose `slice` would not copy.
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}

function swapBytes(bytes: Uint8Array, width: number): Uint8Array {
  const result = bytes.slice();
  for (let start = 0; start < result.length; start += width) result.subarray(start, start + width).reverse();
  return result;
}

function byteStrings(data: Uint8Array, width: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    let end = (i + 1) * width;
    while (end > i * width && data[end - 1] === 0) end--;
    return data.subarray(i * width, end);
  });
}

function unicodeStrings(data: Uint8Array, width: number, count: number, swapped: boolean): Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const points: number[] = [];
    for (let at = i * width; at < (i + 1) * width; at += 4) points.push(view.getUint32(at, !swapped));
    while (points.at(-1) === 0) points.pop();
    if (points.some((point) => point > 0x10ffff)) throw new NpyError('it holds text that is not Unicode');
    return utf8.encode(points.map((point) => String.fromCodePoint(point)).join(''));
  });
}

/** Column-major to row-major; `items` are `width` entries an element. */
function fromFortran<T extends Uint8Array | readonly Uint8Array[]>(
  items: T,
  shape: readonly number[],
  width: number,
): T {
  const count = elementCount(shape);
  const result = Array.isArray(items) ? new Array<Uint8Array>(count) : new Uint8Array(count * width);
  // Row-major strides of the reversed shape are the column-major strides of the shape, reversed.
  const strides = stridesOf([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    if (width === 1) (result as unknown[])[to] = items[from];
    else
      for (let byte = 0; byte < width; byte++)
        (result as Uint8Array)[to * width + byte] = items[from * width + byte] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result as T;
}

function writeStrings(tensor: Tensor): Uint8Array {
  const { strings } = tensor;
  // NumPy has no strings of width 0.
  let width = 1;
  for (const string of strings) {
    if (string.at(-1) === 0) {
      throw new NpyError("it holds a string that ends in a NUL byte, which NumPy's files cannot keep");
    }
    width = Math.max(width, string.length);
  }
  const header = encodeHeader(`|S${width}`, tensor.shape);
  const result = new Uint8Array(header.length + width * strings.length);
  result.set(header);
  strings.forEach((string, i) => {
    result.set(string, header.length + i * width);
  });
  return result;
}

function encodeHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Elements begin at a multiple of 64, and the header ends in a newline.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new Uint8Array(length).fill(0x20);
  header.set(MAGIC);
  header.set([1, 0, (length - 10) & 0xff, (length - 10) >> 8], 6);
  header.set(utf8.encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}
