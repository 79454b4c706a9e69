import { NpyError, readNpy, writeNpy } from './npy.js';
import type { Tensor } from './tensor.js';
import { readZip, writeZip } from './zip.js';

const SUFFIX = '.npy';

/**
 * Reads all arrays of an .npz file, as `numpy.savez` and `numpy.savez_compressed` write it, by key in the file's order.
 * Throws an NpyError that names the key at fault.
 */
export function readNpz(bytes: Uint8Array): Map<string, Tensor> {
  const arrays = new Map<string, Tensor>();
  for (const [name, content] of readZip(bytes)) {
    if (!name.endsWith(SUFFIX)) throw new NpyError(`it holds ${name}, which is not an array`);
    const key = name.slice(0, -SUFFIX.length);
    arrays.set(
      key,
      withKey(key, () => readNpy(content)),
    );
  }
  return arrays;
}

/**
 * Writes arrays to an .npz file, as `numpy.savez` does, in the map's order and uncompressed: the same arrays give the
 * same bytes on any machine. Throws an NpyError that names the key of a tensor that NumPy's format cannot hold.
 */
export function writeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  const files = new Map<string, Uint8Array>();
  for (const [key, tensor] of arrays) {
    files.set(
      key + SUFFIX,
      withKey(key, () => writeNpy(tensor)),
    );
  }
  return writeZip(files);
}

function withKey<T>(key: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof NpyError) throw new NpyError(`array '${key}': ${error.message}`);
    throw error;
  }
}
