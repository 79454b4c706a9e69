import type { Editor } from '#ir/editor.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { elementAt, tensorOfElements } from '#ir/tensor-elements.js';
import { tensorType } from '#ir/type.js';
import { definePass, type Pass } from '#passes/pass.js';
import type { SavedModel } from '#saved-model/records.js';
import type { DType } from '#tensor/dtype.js';
import { larger, smaller } from '#tensor/kernels/numbers.js';
import { integers } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import {
  fillsTable,
  initialContents,
  noteContent,
  type TableContent,
  type TableContents,
} from '../import/table-contents.js';
import { LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { tfOpByName } from '../ops/index.js';
import { cast, runtimeShape } from '../ops/support/lower-elementwise.js';
import {
  HashTableV2,
  LookupTableFindV2,
  LookupTableSizeV2,
  StringToHashBucket,
  StringToHashBucketFast,
  StringToHashBucketStrong,
} from '../ops/tables.js';
import { type PlacedTables, Tables } from './placed-tables.js';

/** Keys that are whole numbers take an array with a place for each, if at most so many times as many as there are keys. */
const SPREAD = 4;
const ALWAYS_DENSE = 1024;

/**
 * Replaces look-ups in tables whose content is known. The kernels have tables from text to int64 and back: other values
 * are gathered by the number of their key, other keys are numbers that name places of an array, or texts by a table of
 * their own. What cannot be replaced says why, for the lowering to report.
 */
export function lowerTables(model: SavedModel): Pass {
  return definePass({
    name: 'lower-tables',
    summary: 'Replaces look-ups in tables by hash tables that are filled once, or by gathering.',
    run(module, context) {
      const { editor } = context;
      const ops = [...module.ops()];
      for (const op of ops) if (hasOneBucket(op)) replaceHash(op, editor);
      if (!ops.some((op) => op.isOneOf(HashTableV2))) return;
      const contents = initialContents(model, tfOpByName, context);
      const fillers = ops.filter((op) => fillsTable(op));
      for (const op of fillers) noteContent(model, op, madeBy(op.operand(0)), contents);
      const tables = new Tables(editor);
      for (const op of ops) {
        if (!op.region || !op.isOneOf(LookupTableFindV2, LookupTableSizeV2)) continue;
        const table = madeBy(op.operand(0));
        const content = table && contents.get(String(table.attributes['variable']));
        const problem = content === undefined ? undefined : lowered(op, content, tables, editor);
        if (problem !== undefined) editor.setAttributes(op, { problem } as never);
      }
      for (const op of fillers) if (contentOf(op, contents)) editor.replace(op, []);
      tables.fill(module);
    },
  });
}

/** The op behind a handle, through the loops and branches that it is passed to. */
function madeBy(handle: Value): Op | undefined {
  for (let value = handle; ; ) {
    if (value.producer) return value.producer;
    const parent = (value.owner as Region).parent;
    if (!parent) return undefined;
    // A branch's operands begin with its condition.
    value = parent.operand(value.index + parent.operands.length - (value.owner as Region).args.length);
  }
}

function contentOf(op: Op, contents: TableContents): TableContent | undefined {
  const content = contents.get(String(madeBy(op.operand(0))?.attributes['variable']));
  return typeof content === 'string' ? undefined : content;
}

/** The only bucket is the first one, whatever the text. */
function hasOneBucket(op: Op): boolean {
  return (
    op.isOneOf(StringToHashBucketFast, StringToHashBucketStrong, StringToHashBucket) &&
    op.attributes['num_buckets'] === 1
  );
}

/** Zeros, of the shape of what the texts were made from where they only say a number. */
function replaceHash(op: Op, editor: Editor): void {
  const build = new LoweringBuilder(editor, op);
  const text = op.operand(0);
  const source = text.producer?.name === 'tf.AsString' ? text.producer.operand(0) : text;
  const zeros = build.value(tfl.Fill, [runtimeShape(build, source), build.constant(integers('int64', [0], []))]);
  editor.replace(op, [zeros]);
}

/** Replaces a look-up, or says what is in the way. */
function lowered(op: Op, content: TableContent | string, tables: Tables, editor: Editor): string | undefined {
  if (typeof content === 'string') return content;
  const build = new LoweringBuilder(editor, op);
  if (op.is(LookupTableSizeV2)) {
    editor.replace(op, [build.constant(integers('int64', [content.keys.size], []))]);
    return undefined;
  }
  const [, keys, fallback] = op.operands as [Value, Value, Value];
  const value = new Lookup(build, tables.in(op.region as Region), content).find(keys, fallback);
  if (typeof value === 'string') return value;
  editor.replace(op, [value]);
  return undefined;
}

/** Writes one look-up. */
class Lookup {
  readonly #build: LoweringBuilder;
  readonly #tables: PlacedTables;
  readonly #content: TableContent;

  constructor(build: LoweringBuilder, tables: PlacedTables, content: TableContent) {
    this.#build = build;
    this.#tables = tables;
    this.#content = content;
  }

  /** The values of keys, or why they cannot be found. */
  find(keys: Value, fallback: Value): Value | string {
    const { values } = this.#content;
    const from = tensorTypeOf(keys).dtype;
    const pair = `${from} ${values.dtype}`;
    if (pair === 'string int64' || pair === 'int64 string') {
      return this.#tables.find(this.#build, this.#content, keys, this.#vector(fallback));
    }
    if (!tfl.Gather.kernels.includes(values.dtype)) {
      return `TFLite has no table of ${values.dtype}, nor gathers it`;
    }
    const places = this.#places(keys, from);
    return typeof places === 'string' ? places : this.#gathered(places, fallback);
  }

  /** For each key its place among the values, and the number of values where there is none. */
  #places(keys: Value, from: DType): Value | string {
    const build = this.#build;
    const { keys: known } = this.#content;
    const missing = integers('int64', [known.size], [1]);
    const numbered = integers(
      'int64',
      Array.from({ length: known.size }, (_, i) => i),
    );
    if (from === 'string') {
      return this.#tables.find(build, { keys: known, values: numbered }, keys, build.constant(missing));
    }
    if (from !== 'int64' && from !== 'int32') return `TFLite has no table with keys of ${from}`;
    const wide = cast(build, keys, 'int64');
    const numbers = Array.from(known.data as ArrayLike<number | bigint>, BigInt);
    const dense = this.#dense(wide, numbers);
    if (dense) return dense;
    // By the numbers written down: the kernels know no table from numbers to numbers.
    const texts = textTensor(numbers);
    const names = { keys: integers64(numbers), values: texts };
    const text = this.#tables.find(build, names, wide, build.constant(Tensor.fromStrings([1], [NO_NUMBER])));
    return this.#tables.find(build, { keys: texts, values: numbered }, text, build.constant(missing));
  }

  /** Places of whole numbers that lie close together, from an array; undefined where they do not. */
  #dense(keys: Value, numbers: readonly bigint[]): Value | undefined {
    const build = this.#build;
    if (numbers.length === 0) return undefined;
    const least = numbers.reduce((a, b) => smaller(a, b));
    const greatest = numbers.reduce((a, b) => larger(a, b));
    const span = greatest - least + 1n;
    if (span > BigInt(Math.max(ALWAYS_DENSE, SPREAD * numbers.length))) return undefined;
    // One place on either side for all that is beyond.
    const places = new BigInt64Array(Number(span) + 2).fill(BigInt(numbers.length));
    for (const [i, number] of numbers.entries()) places[Number(number - least) + 1] = BigInt(i);
    const bound = (value: bigint): Value => build.constant(Tensor.from('int64', [], BigInt64Array.of(value)));
    const above = build.value(tfl.Maximum, [keys, bound(least - 1n)]);
    const within = build.value(tfl.Minimum, [above, bound(greatest + 1n)]);
    const index = build.value(tfl.Sub, [within, bound(least - 1n)]);
    const array = build.constant(Tensor.from('int64', [places.length], places));
    return build.value(tfl.Gather, [array, index], { axis: 0 });
  }

  /** Values by their places, with the default for the place behind the last. */
  #gathered(places: Value, fallback: Value): Value | string {
    const build = this.#build;
    const { values } = this.#content;
    const constant = build.constantOf(fallback);
    const last = constant ? elementAt(constant, 0) : undefined;
    const count = values.size;
    const filler = last ?? (count > 0 ? elementAt(values, 0) : undefined);
    if (filler === undefined || (last === undefined && values.dtype === 'string')) {
      return 'its default value is text that the model computes';
    }
    const all = tensorOfElements(values.dtype, [count + 1], (i) => (i < count ? elementAt(values, i) : filler));
    const found = build.value(tfl.Gather, [build.constant(all), places], { axis: 0 });
    if (last !== undefined) return found;
    const missing = build.value(tfl.Equal, [places, build.constant(integers('int64', [count], []))]);
    return build.value(tfl.SelectV2, [missing, fallback, found]);
  }

  /** A scalar as the kernel takes the default: a vector of one element. */
  #vector(fallback: Value): Value {
    const constant = this.#build.constantOf(fallback);
    if (constant) return this.#build.constant(constant.reshape([1]));
    const type = tensorType(tensorTypeOf(fallback).dtype, [1]);
    return this.#build.value(tfl.Reshape, [fallback, this.#build.ints([1])], {}, [type]);
  }
}

/** What stands for a number that no key is: no number is written so. */
const NO_NUMBER = new TextEncoder().encode('-');

function textTensor(numbers: readonly bigint[]): Tensor {
  const encoder = new TextEncoder();
  return Tensor.fromStrings(
    [numbers.length],
    numbers.map((number) => encoder.encode(String(number))),
  );
}

function integers64(numbers: readonly bigint[]): Tensor {
  return Tensor.from('int64', [numbers.length], BigInt64Array.from(numbers));
}
