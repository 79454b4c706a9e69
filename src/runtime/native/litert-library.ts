import process from 'node:process';
import { fail } from '#diagnostics/diagnostic.js';

/** A `libLiteRt` of the user's. */
export interface LiteRtLibrary {
  /** Where the file stands. */
  readonly path: string;
  /** Version of the package `ai-edge-litert` that it belongs to. */
  readonly version: string;
}

/** Where the package has the library, by `process.platform` and `process.arch`: it has no builds for others. */
const FILES: Readonly<Record<string, string>> = {
  'linux-x64': 'libLiteRt.so',
  'linux-arm64': 'libLiteRt.so',
  'darwin-arm64': 'libLiteRt.dylib',
  'win32-x64': 'libLiteRt.dll',
};

/**
 * Versions of which the functions that are called here, and their results, are known: 2.2 has the same functions, but its
 * square root of infinity is NaN.
 */
const KNOWN_VERSION = /^2\.3\.\d+$/;

/** What to install. */
export const LITERT_PACKAGE = 'ai-edge-litert';
const VERSIONS = '2.3';

export const platformName = `${process.platform}-${process.arch}`;

/** The library's name in the folder of the package. Throws a DiagnosticError, `runtime-missing`, where there is none. */
export function libraryFile(): string {
  const file = FILES[platformName];
  if (file !== undefined) return file;
  return fail('runtime-missing', {
    detail: `There is no native LiteRT for ${platformName}, only for ${Object.keys(FILES).join(', ')}.`,
    help: ['Leave `runtime: native` out: the WebAssembly runtime works everywhere.'],
  });
}

/** Throws a DiagnosticError, `runtime-missing`, for a version whose functions or results may be others. */
export function refuseUnknownVersion({ path, version }: LiteRtLibrary): void {
  if (KNOWN_VERSION.test(version)) return;
  fail('runtime-missing', {
    detail: `${path} is of ${LITERT_PACKAGE} ${version}; only ${VERSIONS} is known.`,
  });
}
