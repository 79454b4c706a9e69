import type { Op } from '#ir/graph.js';
import type { TableType } from '#wire/flatbuffers/schema.js';
import type { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import { BuiltinOptions2 } from '#wire/flatbuffers/tflite/builtin-options.js';
import type { Operator } from '#wire/flatbuffers/tflite/model.js';
import { operatorOptions } from '#wire/flatbuffers/tflite/operator-options.js';

const tables: Partial<Record<BuiltinOperator, TableType>> = operatorOptions;
const second = new Set<string>(BuiltinOptions2.members.map((member) => member.name));

/** Their options repeat what the tensors say, and no kernel reads them. */
const implied = new Set<BuiltinOperator>(['CAST']);

/** Fields that hold the index of a subgraph, in the order of the op's regions. */
const SUBGRAPH = '_subgraph_index';

/**
 * The options of an op as fields of its Operator table: its attributes under the schema's names, with the indices of
 * the subgraphs made of its regions. Nothing where the table would have no content, which every reader takes for the
 * defaults.
 */
export function optionsOf(op: Op, builtin: BuiltinOperator, subgraphs: readonly number[]): Operator {
  const table = tables[builtin];
  if (!table || implied.has(builtin)) return {};
  const value: Record<string, unknown> = {};
  let region = 0;
  for (const name of Object.keys(table.fields)) {
    const content = name.endsWith(SUBGRAPH) ? subgraphs[region++] : op.attributes[name];
    if (content === undefined || content === null || (Array.isArray(content) && content.length === 0)) continue;
    value[name] = content;
  }
  if (Object.keys(value).length === 0) return {};
  const options = { type: table.name, value };
  return second.has(table.name)
    ? { builtin_options_2: options as unknown as NonNullable<Operator['builtin_options_2']> }
    : { builtin_options: options as unknown as NonNullable<Operator['builtin_options']> };
}
