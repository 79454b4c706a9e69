import { basename } from 'node:path';
import { constantOf } from '#ir/constant.js';
import { type Op, Region, type Value } from '#ir/graph.js';
import { Module } from '#ir/module.js';
import { type Element, tensorOfElements } from '#ir/tensor-elements.js';
import type { PassContext } from '#passes/pass.js';
import { readFile } from '#saved-model/files.js';
import type { SavedModel } from '#saved-model/records.js';
import { type DType, isInteger } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';
import type { TfOpDefinition } from '../define-op.js';
import { HashTableV2, InitializeTableFromTextFileV2, InitializeTableV2, LookupTableImportV2 } from '../ops/tables.js';
import { foldConstants } from '../passes/fold-constants.js';
import { GraphImporter } from './graph-importer.js';

/** The entries of a table: keys and values, one behind the other. */
export interface TableContent {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** What tables hold, by the node that stands for each; what cannot be known is told in words. */
export type TableContents = ReadonlyMap<string, TableContent | string>;

/** Whether an op fills a table. */
export function fillsTable(op: Op): boolean {
  return op.isOneOf(LookupTableImportV2, InitializeTableV2, InitializeTableFromTextFileV2);
}

/** What the model's own start fills its tables with; the part of the graph that does it is imported for that. */
export function initialContents(
  model: SavedModel,
  definitions: ReadonlyMap<string, TfOpDefinition>,
  context: PassContext,
): Map<string, TableContent | string> {
  const contents = new Map<string, TableContent | string>();
  if (model.initOp === undefined) return contents;
  const module = new Module();
  const region = new Region();
  module.addSignature('', region);
  new GraphImporter(model, definitions).importEffect(region, model.initOp);
  foldConstants.run(module, context);
  for (const op of module.ops()) if (fillsTable(op)) noteContent(model, op, op.operand(0).producer, contents);
  region.clear();
  return contents;
}

/** Enters what an op fills a table with; one that is filled twice holds what it was first filled with. */
export function noteContent(
  model: SavedModel,
  op: Op,
  table: Op | undefined,
  contents: Map<string, TableContent | string>,
): void {
  if (!table?.is(HashTableV2)) return;
  const { variable, key_dtype, value_dtype } = table.attributes;
  if (contents.has(variable)) return;
  const content = op.is(InitializeTableFromTextFileV2)
    ? fromFile(model, op, key_dtype as DType, value_dtype as DType)
    : fromOperands(op);
  contents.set(variable, content);
}

function fromOperands(op: Op): TableContent | string {
  const [keys, values] = [constantOf(op.operands[1]), constantOf(op.operands[2])];
  if (!keys || !values) return 'the table is filled with what the model computes';
  if (values.size !== keys.size) return 'its values are tensors, and those of TFLite single strings or numbers';
  return { keys: keys.reshape([keys.size]), values: values.reshape([keys.size]) };
}

/** Columns that stand for the whole line, and for its number. */
const WHOLE_LINE = -2;
const LINE_NUMBER = -1;

type FileAttributes = {
  readonly key_index: number;
  readonly value_index: number;
  readonly vocab_size: number;
  readonly delimiter: string;
  readonly offset: number;
};

function fromFile(model: SavedModel, op: Op<FileAttributes>, keyType: DType, valueType: DType): TableContent | string {
  const path = assetPath(model, op.operand(1));
  if (path === undefined) return 'the name of its file is not known when the model is converted';
  const bytes = readFile(path, { code: 'file-unreadable', detail: `The vocabulary file ${path} does not exist.` });
  const { key_index, value_index, vocab_size, delimiter, offset } = op.attributes;
  const all = linesOf(bytes).slice(offset);
  const lines = vocab_size < 0 ? all : all.slice(0, vocab_size);
  const columns = [key_index, value_index].map((index) =>
    lines.map((line, i) => (index === LINE_NUMBER ? i : index === WHOLE_LINE ? line : column(line, delimiter, index))),
  ) as [(Uint8Array | number | undefined)[], (Uint8Array | number | undefined)[]];
  const keys = tensorOfTexts(columns[0], keyType);
  const values = tensorOfTexts(columns[1], valueType);
  if (!keys || !values) return `a line of ${basename(path)} has too few columns, or one that is no number`;
  return { keys, values };
}

/** Where the file is that a constant names, perhaps by way of a variable. */
function assetPath(model: SavedModel, name: Value): string | undefined {
  const written = name.producer?.name === 'tf.ReadVariableOp' ? assignedTo(name.producer.operand(0)) : name;
  const constant = constantOf(written);
  if (constant?.dtype !== 'string' || constant.size !== 1) return undefined;
  const file = new TextDecoder().decode(constant.strings[0]);
  return model.assets.find(({ path }) => path === file || basename(path) === basename(file))?.path;
}

/** The only value that a variable is given. */
function assignedTo(variable: Value): Value | undefined {
  const writers = variable.users.filter((user) => user.name === 'tf.AssignVariableOp');
  return writers.length === 1 ? writers[0]?.operand(1) : undefined;
}

const NEWLINE = 10;
const RETURN = 13;

/** Lines as TensorFlow reads them: carriage returns are left out wherever they are. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    lines.push(line.includes(RETURN) ? line.filter((byte) => byte !== RETURN) : line);
    start = end + 1;
  }
  return lines;
}

function column(line: Uint8Array, delimiter: string, index: number): Uint8Array | undefined {
  const [separator] = new TextEncoder().encode(delimiter);
  let start = 0;
  for (let n = 0; ; n++) {
    const found = line.indexOf(separator as number, start);
    const end = found < 0 ? line.length : found;
    if (n === index) return line.subarray(start, end);
    if (found < 0) return undefined;
    start = end + 1;
  }
}

/** Texts, or numbers written down, as a vector; undefined where one is missing or no number. */
function tensorOfTexts(texts: readonly (Uint8Array | number | undefined)[], dtype: DType): Tensor | undefined {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const elements: Element[] = [];
  for (const text of texts) {
    if (text === undefined) return undefined;
    if (dtype === 'string') {
      elements.push(text instanceof Uint8Array ? text : encoder.encode(String(text)));
      continue;
    }
    const written = text instanceof Uint8Array ? decoder.decode(text).trim() : String(text);
    const isNumber = isInteger(dtype) ? /^[+-]?\d+$/.test(written) : written !== '' && !Number.isNaN(Number(written));
    if (!isNumber) return undefined;
    elements.push(isInteger(dtype) ? BigInt(written) : Number(written));
  }
  return tensorOfElements(dtype, [elements.length], (i) => elements[i] as Element);
}
