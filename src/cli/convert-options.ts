import { basename, dirname, join, resolve } from 'node:path';
import type { ConvertOptions } from '#index.js';
import { parseForeignOptions } from './foreign-options.js';
import { type Arguments, wrongUsage } from './parse-arguments.js';
import type { Variant } from './quantize-options.js';

/** One SavedModel to convert. */
export interface Job {
  readonly input: string;
  readonly output: string;
  /** Its folder for `--dump-passes`. */
  readonly dumpPasses: string | undefined;
  /** How it is quantized; undefined where it stays float. */
  readonly variant: Variant | undefined;
}

/** What the command line says about how to convert, the same for all models. */
export function parseConvertOptions(args: Arguments): ConvertOptions {
  const signatures = args.all('signature');
  const tags = args.one('tags');
  const shapes = args.all('input-shape');
  const explain = args.one('explain');
  return {
    ...(tags === undefined ? {} : { tags: parseTags(tags) }),
    ...(signatures.length === 0 ? {} : { signatures }),
    ...(shapes.length === 0 ? {} : { inputShapes: parseInputShapes(shapes) }),
    ...parseForeignOptions(args),
    ...(args.has('verify-passes') ? { verifyPasses: true } : {}),
    ...(explain === undefined ? {} : { explain }),
  };
}

/** `serve,gpu`. */
export function parseTags(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** `image=1,224,224,3`; a dimension that stays free is `?` or -1; nothing behind `=` is a scalar. */
export function parseInputShapes(texts: readonly string[]): Record<string, (number | null)[]> {
  const shapes = new Map<string, (number | null)[]>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const name = text.slice(0, at);
    if (at < 1) wrongUsage('convert', `--input-shape ${text} has no name: write NAME=DIM,…`);
    if (shapes.has(name)) wrongUsage('convert', `--input-shape is given twice for ${name}.`);
    const dims = text.slice(at + 1);
    shapes.set(name, dims === '' ? [] : dims.split(',').map((dim) => parseDim(dim.trim(), text)));
  }
  return Object.fromEntries(shapes);
}

function parseDim(dim: string, text: string): number | null {
  if (dim === '?' || dim === '-1') return null;
  if (/^\d+$/.test(dim)) return Number(dim);
  return wrongUsage('convert', `--input-shape ${text}: "${dim}" is no dimension; give a number, or ? for a free one.`);
}

/**
 * The files to make: one of each SavedModel, or one of each variant of each. Throws a DiagnosticError where nothing is
 * to convert, or files would clash.
 */
export function planJobs(args: Arguments, variants: readonly Variant[] = []): Job[] {
  const directory = args.one('saved_model_dir');
  const inputs = [...args.positionals, ...(directory === undefined ? [] : [directory])];
  if (inputs.length === 0) wrongUsage('convert', 'SAVED_MODEL is missing.');
  const [file, folder] = [args.one('output'), args.one('output-dir')];
  refuseOutputs(inputs, variants, file, folder);
  const dump = args.one('dump-passes');
  const single = inputs.length === 1 && variants.length < 2;
  return inputs.flatMap((input) =>
    (variants.length === 0 ? [undefined] : variants).map((variant): Job => {
      const name = variants.length < 2 ? nameOf(input) : `${nameOf(input)}-${variant?.name}`;
      return {
        input,
        output: file ?? join(folder as string, `${name}.tflite`),
        dumpPasses: dump === undefined || single ? dump : join(dump, name),
        variant,
      };
    }),
  );
}

function refuseOutputs(
  inputs: readonly string[],
  variants: readonly Variant[],
  file: string | undefined,
  folder: string | undefined,
): void {
  if (file !== undefined && folder !== undefined) {
    wrongUsage('convert', '--output and --output-dir exclude each other.');
  }
  if (file !== undefined) {
    if (inputs.length > 1) wrongUsage('convert', '--output is for one SavedModel; give --output-dir for several.');
    if (variants.length > 1) wrongUsage('convert', '--output is for one scheme; give --output-dir for several.');
    return;
  }
  if (folder === undefined) wrongUsage('convert', 'Where to write is missing: --output FILE or --output-dir DIR.');
  refuseClashes(inputs);
}

/** Letter case does not tell files apart on Windows and macOS. */
function refuseClashes(inputs: readonly string[]): void {
  const byName = new Map<string, string>();
  for (const input of inputs) {
    const name = nameOf(input).toLowerCase();
    const other = byName.get(name);
    if (other !== undefined) {
      wrongUsage(
        'convert',
        `${other} and ${input} would both be written to ${nameOf(input)}.tflite.`,
        'Convert them one by one with --output, or into different folders.',
      );
    }
    byName.set(name, input);
  }
}

/** The folder's name; that of its parent where the folder has the name that exporters give to any model. */
export function nameOf(savedModel: string): string {
  const path = resolve(savedModel);
  const own = basename(path).replace(/\.tflite$/i, '');
  const name = own === 'saved_model' ? basename(dirname(path)) : own;
  return name === '' ? 'model' : name;
}
