import { elementCount, isStatic } from '#tensor/shape.js';
import { rejectData, rejectMissing } from '../data-error.js';
import type { DataInput, DataSignature } from '../data-set.js';
import { LABEL } from '../label.js';

/** Where the values of an input stand in a row. */
export interface InputColumns {
  /** Places of the columns, in the order of the input's elements. */
  readonly places: readonly number[];
  /** For several columns, the dimensions that they make up; undefined for one column, whose value may be nested. */
  readonly dims: readonly number[] | undefined;
}

const SHOWN = 5;

/**
 * The columns of each input of a signature: the column of its name, or of the signature's key, `/` and its name; else
 * the columns `NAME[0]`, `NAME[1]` … or `NAME.0`, `NAME.1` …, with as many indices as it has axes. An input that is the
 * only one beside labels takes all columns that are no labels. Throws a DiagnosticError for an input without columns.
 */
export function planColumns(
  path: string,
  columns: readonly string[],
  signature: DataSignature,
  labels: readonly string[] = [LABEL],
): ReadonlyMap<string, InputColumns> {
  const plan = new Map<string, InputColumns>();
  for (const input of signature.inputs) {
    const own = ownColumns(path, columns, signature.key, input.name);
    if (own) plan.set(input.name, own);
  }
  const [missing, ...more] = signature.inputs.filter(({ name }) => !plan.has(name));
  if (missing === undefined) return plan;
  const alone = signature.inputs.every((input) => input === missing || labels.includes(input.name));
  if (more.length > 0 || !alone || labels.includes(missing.name)) {
    rejectMissing(path, 'the column', missing.name, columns);
  }
  return plan.set(missing.name, remainingColumns(path, columns, missing, labels));
}

function ownColumns(path: string, columns: readonly string[], key: string, name: string): InputColumns | undefined {
  for (const candidate of [`${key}/${name}`, name]) {
    const place = columns.indexOf(candidate);
    const found = place >= 0 ? { places: [place], dims: undefined } : indexedColumns(path, columns, candidate);
    if (found) return found;
  }
  return undefined;
}

function indexedColumns(path: string, columns: readonly string[], name: string): InputColumns | undefined {
  const found: { place: number; index: readonly number[] }[] = [];
  columns.forEach((column, place) => {
    const index = indexOf(column, name);
    if (index) found.push({ place, index });
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const dims = first.index.map((_, axis) => Math.max(...found.map(({ index }) => index[axis] ?? 0)) + 1);
  const places = new Array<number | undefined>(Math.min(elementCount(dims), columns.length + 1));
  for (const { place, index } of found) {
    const at = index.reduce((sum, value, axis) => sum * (dims[axis] ?? 1) + value, 0);
    if (index.length !== dims.length || places[at] !== undefined) return refuseGaps(path, name, dims);
    places[at] = place;
  }
  if (found.length !== elementCount(dims)) return refuseGaps(path, name, dims);
  return { places: places as number[], dims };
}

function refuseGaps(path: string, name: string, dims: readonly number[]): never {
  const last = dims.map((dim) => `[${dim - 1}]`).join('');
  return rejectData(path, `the columns from '${name}${dims.map(() => '[0]').join('')}' to '${name}${last}' have gaps`);
}

/** The indices after a name: `x[1][2]` and `x.1.2` are [1, 2] of `x`. */
function indexOf(column: string, name: string): readonly number[] | undefined {
  if (!column.startsWith(name)) return undefined;
  const rest = column.slice(name.length);
  if (!/^((\[\d{1,9}\])+|(\.\d{1,9})+)$/.test(rest)) return undefined;
  return [...rest.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

function remainingColumns(
  path: string,
  columns: readonly string[],
  { name, shape }: DataInput,
  labels: readonly string[],
): InputColumns {
  const isLabel = (column: string) => labels.some((label) => column === label || indexOf(column, label));
  const places = columns.flatMap((column, place) => (isLabel(column) ? [] : [place]));
  if (places.length === 0) rejectMissing(path, 'the column', name, columns);
  if (places.length === 1) return { places, dims: undefined };
  const row = shape?.slice(1) ?? null;
  const wanted = isStatic(row) ? elementCount(row) : undefined;
  const whole = isStatic(shape) ? elementCount(shape) : undefined;
  if (wanted !== undefined && wanted !== places.length && whole !== places.length) {
    const names = places.slice(0, SHOWN).map((place) => `'${columns[place]}'`);
    rejectData(
      path,
      `the input '${name}' takes ${wanted} numbers, and there are ${places.length} columns that are no labels: ${names.join(', ')}${places.length > SHOWN ? ', …' : ''}`,
      ...(columns.includes('')
        ? ['The column without a name is an index: write the table with `to_csv(…, index=False)`.']
        : []),
      'Leave out columns that are no inputs, name those that are labels by the option `labels`, or name the columns of the input `NAME[0]`, `NAME[1]` ….',
    );
  }
  return { places, dims: [places.length] };
}
