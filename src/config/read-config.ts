import { type BigIntStats, lstatSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import type { Config } from './config.js';
import { defaultConfig, type ParseOptions, parseConfig } from './file/parse-config.js';

/** Where a configuration is looked for, in this order. */
export const configFiles = ['.tflite-gate.yml', '.tflite-gate.yaml', '.tflite-gate.json'] as const;

/** Nobody writes so much by hand. */
const MOST_BYTES = 2 ** 20;

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/**
 * The configuration of the repository at `root`: of `file` (relative to `root`), or of the one of `configFiles` that is
 * there, or the default where there is none. Throws a DiagnosticError: `invalid-config`, `file-unreadable`,
 * `lfs-pointer`.
 */
export function readConfig(root: string, file?: string, options: ParseOptions = {}): Config {
  const found = file ?? findConfig(root);
  if (found === undefined) return defaultConfig();
  return parseConfigBytes(readBytes(resolve(root, found), found), found, options);
}

/** As `parseConfig`, for the bytes of a file, as git holds them too: UTF-8, with or without a byte order mark. */
export function parseConfigBytes(bytes: Uint8Array, file: string, options: ParseOptions = {}): Config {
  if (bytes.length > MOST_BYTES) refuse(file, `has ${bytes.length} bytes; a configuration has at most ${MOST_BYTES}`);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    refuse(file, 'is in UTF-16', 'Save it in UTF-8.');
  }
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(LFS_POINTER)) {
    fail('lfs-pointer', { detail: `${file} is a Git LFS pointer.`, locations: [{ file }] });
  }
  const odd = /[\0\ufffd]/.exec(text);
  if (odd) {
    const before = text.slice(0, odd.index).split('\n');
    const place = `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
    const detail = `${place}: a byte stands here that is no text in UTF-8.`;
    fail('invalid-config', { detail, locations: [{ file, line: before.length }], help: ['Save the file in UTF-8.'] });
  }
  return parseConfig(text, file, options);
}

function findConfig(root: string): string | undefined {
  const found = configFiles.filter((name) => lstatSync(join(root, name), { throwIfNoEntry: false }));
  const [first, second] = found;
  if (second !== undefined) {
    refuse(
      second,
      `stands beside ${first}, and only one of them can count`,
      'Delete one, or name one by `--config FILE`.',
    );
  }
  return first;
}

function readBytes(path: string, file: string): Uint8Array {
  let stats: BigIntStats;
  try {
    stats = statSync(path, { bigint: true });
  } catch (error) {
    return unreadable(file, error);
  }
  if (!stats.isFile())
    return refuse(file, stats.isDirectory() ? 'is a folder' : 'is no regular file', 'Give a YAML or JSON file.');
  // Not read at all where it is too large: `parseConfigBytes` is for bytes that are there already.
  if (stats.size > MOST_BYTES)
    return refuse(file, `has ${stats.size} bytes; a configuration has at most ${MOST_BYTES}`);
  try {
    return readFileSync(path);
  } catch (error) {
    return unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): never {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return fail('file-unreadable', {
    detail: missing ? `${file} does not exist.` : `${file} cannot be read: ${(error as Error).message}.`,
    locations: [{ file }],
    help: missing ? ['`tflite-gate init` writes a configuration.'] : [],
  });
}

function refuse(file: string, message: string, ...help: string[]): never {
  return fail('invalid-config', { detail: `${file} ${message}.`, locations: [{ file }], help });
}
