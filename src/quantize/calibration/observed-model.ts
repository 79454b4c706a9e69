import type { Signature } from '#runtime/describe-signatures.js';
import type { ModelRecord, OperatorRecord, SubGraphRecord } from '#tflite/file/model-record.js';
import { BodyRecords } from './body-records.js';
import { END, GraphEditor, ModelTables } from './graph-editor.js';
import { extentsOf, rowsOf, valuesOf } from './observe-tensor.js';
import { bodiesOf, bodiesWithin, type ObservedTensor, type SampledTensor } from './observed-tensors.js';

/**
 * Output of an observed model. A vector: for the signature's subgraph and each body in turn, if tensors of it are
 * observed, the least values of all these, then the greatest, then their sums; of bodies, where sums would add up,
 * instead of these a number that is not zero where a sum was NaN.
 */
export const EXTENTS = 'extents';
/** Output. A vector: values of the valued tensors, one after the other; of those in bodies so many for each kept run. */
export const VALUES = 'values';
/** Output. A vector: how many values there are of each valued tensor. */
export const LENGTHS = 'lengths';
/** Output. A vector: how often each body was run of which runs are kept. */
export const RUNS = 'runs';
/** Output. A vector: rows of the sampled tensors, one tensor after the other; of those in bodies for each kept run. */
export const ROWS = 'rows';
/** Output. A vector: the dimensions of those of which all rows are given. */
export const ROW_DIMENSIONS = 'row-dimensions';

/** Of the values of a tensor in one sample about so many are looked at. */
const ENOUGH_VALUES = 2 ** 13;

/**
 * A copy of the model that computes, instead of its outputs, what calibration wants to know of its tensors: the extent
 * of each by reductions within the graph, which costs next to nothing, where reading all tensors would take as long as
 * computing them; of `valued` ones an even part of the values; and rows of `sampled` ones. LiteRT gives outputs of a
 * signature's subgraph only, so loops and branches carry along what their bodies find out.
 *
 * `tensors` and `sampled` are ordered by subgraph, the signature's own first, then as `bodiesWithin` gives them.
 */
export function observeTensors(
  model: ModelRecord,
  signature: Signature,
  tensors: readonly ObservedTensor[],
  sampled: readonly SampledTensor[] = [],
): ModelRecord {
  return new ObservingEditor(model, signature, tensors, sampled).finish();
}

class ObservingEditor {
  readonly #model: ModelRecord;
  readonly #signature: Signature;
  readonly #tensors: readonly ObservedTensor[];
  readonly #sampled: readonly SampledTensor[];
  readonly #tables: ModelTables;
  readonly #subgraphs: SubGraphRecord[];
  readonly #records = new Map<number, BodyRecords>();

  constructor(
    model: ModelRecord,
    signature: Signature,
    tensors: readonly ObservedTensor[],
    sampled: readonly SampledTensor[],
  ) {
    this.#model = model;
    this.#signature = signature;
    this.#tensors = tensors;
    this.#sampled = sampled;
    this.#tables = new ModelTables(model);
    this.#subgraphs = [...model.subgraphs];
    for (const body of bodiesWithin(model, signature.subgraph)) {
      const graph = new GraphEditor(model.subgraphs[body] as SubGraphRecord, this.#tables);
      this.#records.set(body, new BodyRecords(graph, within(tensors, body), within(sampled, body)));
    }
  }

  finish(): ModelRecord {
    const { subgraph: index, key, inputs } = this.#signature;
    const graph = new GraphEditor(this.#model.subgraphs[index] as SubGraphRecord, this.#tables);
    const records = new Map([...this.#records].map(([body, own]) => [body, own.initial(graph)]));
    this.#handThrough(index, graph, records);
    const outputs = this.#outputs(graph, records);
    this.#subgraphs[index] = graph.finish(outputs.map(({ tensor }) => tensor));
    const named = (info: { name: string; tensor: number }) => ({ name: info.name, tensor_index: info.tensor });
    return {
      ...this.#model,
      operator_codes: this.#tables.codes,
      buffers: this.#tables.buffers,
      subgraphs: this.#subgraphs,
      signature_defs: [
        { signature_key: key, subgraph_index: index, inputs: inputs.map(named), outputs: outputs.map(named) },
      ],
    };
  }

  /** Loops and branches of a subgraph take the records of their bodies and give them anew. */
  #handThrough(index: number, graph: GraphEditor, records: Map<number, readonly number[]>): void {
    this.#model.subgraphs[index]?.operators.forEach((operator, at) => {
      const control = bodiesOf(this.#model, operator);
      if (!control) return;
      const carried = new Set(control.bodies.flatMap((body) => [body, ...bodiesWithin(this.#model, body)]));
      const inputs = [...operator.inputs];
      const outputs = [...operator.outputs];
      for (const body of carried) {
        inputs.push(...(records.get(body) as readonly number[]));
        const given = (this.#records.get(body) as BodyRecords).types.map(({ type, dims }) => graph.tensor(type, dims));
        outputs.push(...given);
        records.set(body, given);
      }
      const order = [...carried];
      const copies = control.bodies.map((body) => this.#bodyCopy(body, order));
      const condition = control.condition === undefined ? undefined : this.#conditionCopy(control.condition, order);
      graph.replaceOperator(at, { ...operator, inputs, outputs, builtin_options: optionsOf(copies, condition) });
    });
  }

  /** A copy of a body that takes and gives the records of the bodies `carried` as well. */
  #bodyCopy(body: number, carried: readonly number[]): number {
    const original = this.#model.subgraphs[body] as SubGraphRecord;
    const graph = new GraphEditor(original, this.#tables);
    const records = this.#inputsFor(graph, carried);
    this.#handThrough(body, graph, records);
    const own = this.#records.get(body) as BodyRecords;
    records.set(body, own.update(graph, records.get(body) as readonly number[]));
    const further = carried.flatMap((each) => records.get(each) as readonly number[]);
    return this.#subgraphs.push(graph.finish([...original.outputs, ...further])) - 1;
  }

  #conditionCopy(condition: number, carried: readonly number[]): number {
    const original = this.#model.subgraphs[condition] as SubGraphRecord;
    const graph = new GraphEditor(original, this.#tables);
    this.#inputsFor(graph, carried);
    return this.#subgraphs.push(graph.finish(original.outputs)) - 1;
  }

  #inputsFor(graph: GraphEditor, carried: readonly number[]): Map<number, readonly number[]> {
    return new Map(
      carried.map((body) => {
        const { types } = this.#records.get(body) as BodyRecords;
        return [body, types.map(({ type, dims }) => graph.input(type, dims))];
      }),
    );
  }

  #outputs(graph: GraphEditor, records: ReadonlyMap<number, readonly number[]>): { name: string; tensor: number }[] {
    const main = this.#signature.subgraph;
    const tensors = within(this.#tensors, main);
    const extents: number[] = tensors.length === 0 ? [] : extentsOf(graph, tensors);
    const values = tensors.filter(({ valued }) => valued).map(({ tensor }) => valuesOf(graph, tensor, ENOUGH_VALUES));
    const sampled = within(this.#sampled, main);
    const rows = sampled.map((each) => rowsOf(graph, each));
    const dimensions = sampled
      .filter((each) => !each.rows)
      .map(({ tensor }) => graph.shapeOf(graph.placeOf(tensor), tensor));
    const runs: number[] = [];
    for (const [body, own] of this.#records) {
      const found = [...(records.get(body) as readonly number[])];
      if (own.tensors.length > 0) extents.push(...found.splice(0, 3));
      const [count, ...kept] = found;
      if (count === undefined) continue;
      runs.push(count);
      const flat = kept.map((each) => graph.flatten(END, each));
      values.push(...flat.splice(0, own.valued.length));
      rows.push(...flat);
    }
    const lengths = values.map((vector) => graph.shapeOf(END, vector));
    const outputs = [
      { name: EXTENTS, parts: extents },
      { name: VALUES, parts: values },
      { name: LENGTHS, parts: lengths },
      { name: RUNS, parts: runs },
      { name: ROWS, parts: rows },
      { name: ROW_DIMENSIONS, parts: dimensions },
    ];
    return outputs
      .filter(({ parts }) => parts.length > 0)
      .map(({ name, parts }) => ({ name, tensor: graph.join(END, parts) }));
  }
}

function optionsOf(copies: readonly number[], condition: number | undefined): OperatorRecord['builtin_options'] {
  const [first = 0, second = 0] = copies;
  return condition === undefined
    ? { type: 'IfOptions', value: { then_subgraph_index: first, else_subgraph_index: second } }
    : { type: 'WhileOptions', value: { cond_subgraph_index: condition, body_subgraph_index: first } };
}

function within<T extends { readonly subgraph: number }>(items: readonly T[], subgraph: number): T[] {
  return items.filter((item) => item.subgraph === subgraph);
}
