import { join } from 'node:path';
import { rejectData } from '../data-error.js';
import { readWhole } from '../file-access.js';

/** A name a line; the first one that is there counts. */
const FILES = ['classes.txt', 'labels.txt'];
const LARGEST = 2 ** 24;

/** The classes that a file in the folder names, in its order; undefined without such a file. */
export async function readClassNames(folder: string, files: readonly string[]): Promise<string[] | undefined> {
  const name = FILES.find((candidate) => files.includes(candidate));
  if (name === undefined) return undefined;
  const path = join(folder, name);
  const text = Buffer.from(await readWhole(path, LARGEST))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const names = text.split('\n').map((line) => line.trim());
  while (names.at(-1) === '') names.pop();
  const twice = names.find((line, i) => names.indexOf(line) !== i);
  if (twice !== undefined) rejectData(path, `the class '${twice}' stands there twice`);
  if (names.length === 0) rejectData(path, 'it names no class', 'Write the name of a class on each line.');
  return names;
}

/** The sub-folders that hold samples, sorted by code units: the same order on any machine. */
export function classesOfFolders(files: readonly string[]): string[] {
  return [...new Set(files.flatMap((file) => classFolderOf(file) ?? []))].sort();
}

/** The sub-folder that a file lies in, at whatever depth. */
export function classFolderOf(file: string): string | undefined {
  const end = file.indexOf('/');
  return end < 0 ? undefined : file.slice(0, end);
}
