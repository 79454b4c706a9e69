import { MODULE } from './refine-kernels-wasm.generated.js';

/** How many columns or units the kernels take at a time. */
export const LANES = 4;

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  addColumns(
    data: number,
    rows: number,
    stride: number,
    end: number,
    type: number,
    exact: number,
    stored: number,
  ): void;
  addProducts(a: number, b: number, rows: number, sums: number): void;
  addErrors(factors: number, errors: number, count: number, sums: number): void;
}

const PAGE = 65536;
let loaded: Kernels | undefined;

/** The kernels, in whose memory so many bytes may be used, until this is called again. */
export function refineKernels(bytes: number): Kernels {
  loaded ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')))
    .exports as unknown as Kernels;
  const missing = bytes - loaded.memory.buffer.byteLength;
  if (missing > 0) loaded.memory.grow(Math.ceil(missing / PAGE));
  return loaded;
}
