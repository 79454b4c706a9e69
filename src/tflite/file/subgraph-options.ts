import type { OperatorRecord } from './model-record.js';

/** Fields of options tables that hold the index of a subgraph, or several. */
const SUBGRAPH_FIELD = /(^|_)subgraph(_index|_indices)?$/;

type Options = Pick<OperatorRecord, 'builtin_options' | 'builtin_options_2'>;

/** The options with the index of every subgraph that they name replaced, in the order of the fields. */
export function mapSubgraphs({ builtin_options, builtin_options_2 }: Options, map: (index: number) => number): Options {
  return {
    builtin_options: mapTable(builtin_options, map),
    builtin_options_2: mapTable(builtin_options_2, map),
  };
}

/** The subgraphs that the options name, in the order in which `mapSubgraphs` meets them. */
export function subgraphsIn(options: Options): number[] {
  const indices: number[] = [];
  mapSubgraphs(options, (index) => {
    indices.push(index);
    return index;
  });
  return indices;
}

function mapTable<T extends { readonly value: object } | undefined>(table: T, map: (index: number) => number): T {
  if (table === undefined) return table;
  const fields = Object.entries(table.value).map(([name, content]) => {
    if (!SUBGRAPH_FIELD.test(name)) return [name, content] as const;
    return [name, Array.isArray(content) ? content.map(map) : map(content as number)] as const;
  });
  return { ...table, value: Object.fromEntries(fields) };
}
