import type { Editor } from '#ir/editor.js';
import { type Op, Region, type Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { tensorType } from '#ir/type.js';
import type { Tensor } from '#tensor/tensor.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import type { TableContent } from '../import/table-contents.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';

export interface PlacedTables {
  /** The values of keys, or a vector's one element. */
  find(build: LoweringBuilder, content: TableContent, keys: Value, fallback: Value): Value;
}

/** The tables of a module: one for each content, filled in the first run of every signature that looks into it. */
export class Tables {
  readonly #editor: Editor;
  readonly #contents: TableContent[] = [];
  /** The look-ups of each table. */
  readonly #finds: Op[][] = [];
  readonly #handles = new Map<Region, Map<number, Value>>();

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** The tables as ops of a region use them. */
  in(region: Region): PlacedTables {
    const handles = this.#handles.get(region) ?? new Map<number, Value>();
    this.#handles.set(region, handles);
    return {
      find: (build, content, keys, fallback) => {
        const id = this.#idOf(content);
        // The first of a region's look-ups stands before the others.
        const table = handles.get(id) ?? build.value(tfl.Hashtable, [], this.#options(id));
        handles.set(id, table);
        const type = tensorType(content.values.dtype, tensorTypeOf(keys).shape);
        const find = build.op(tfl.HashtableFind, [table, keys, fallback], {}, [type]);
        this.#finds[id]?.push(find as unknown as Op);
        return find.result();
      },
    };
  }

  #idOf(content: TableContent): number {
    const known = this.#contents.findIndex(
      ({ keys, values }) => same(keys, content.keys) && same(values, content.values),
    );
    if (known >= 0) return known;
    this.#finds.push([]);
    return this.#contents.push(content) - 1;
  }

  #options(id: number) {
    const { keys, values } = this.#contents[id] as TableContent;
    return { table_id: id, key_dtype: elementTypeName(keys.dtype), value_dtype: elementTypeName(values.dtype) };
  }

  /** Puts what fills the tables in front of each signature that needs it. */
  fill(module: Module): void {
    for (const { region } of module.signatures) {
      const ids = [...this.#contents.keys()].filter((id) => this.#finds[id]?.some((op) => rootOf(op) === region));
      const { first } = region;
      if (ids.length === 0 || !first) continue;
      const body = new Region();
      for (const id of ids) this.#fillOne(body, id, first);
      const at = { region, before: first };
      this.#editor.create(at, tfl.CallOnce, [], { ...tfl.CallOnce.options }, first.location, { regions: [body] });
    }
  }

  #fillOne(region: Region, id: number, { location }: Op): void {
    const { keys, values } = this.#contents[id] as TableContent;
    const editor = this.#editor;
    const table = editor.create({ region }, tfl.Hashtable, [], this.#options(id), location).result();
    const [from, to] = [keys, values].map((tensor) => editor.constant({ region }, tensor, location));
    editor.create({ region }, tfl.HashtableImport, [table, from, to], {}, location);
  }
}

function same(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || a.size !== b.size) return false;
  if (a.dtype === 'string') {
    return a.strings.every((text, i) => Buffer.compare(text, b.strings[i] as Uint8Array) === 0);
  }
  return Buffer.compare(a.bytes, b.bytes) === 0;
}

/** The signature's region that an op stands in, however deep. */
function rootOf(op: Op): Region | undefined {
  let { region } = op;
  while (region?.parent) region = region.parent.region;
  return region;
}
