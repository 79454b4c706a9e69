import { fail } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import type { Attributes } from '#ir/attribute.js';
import { Const } from '#ir/constant.js';
import { Editor } from '#ir/editor.js';
import { InferenceError, type OpDefinition, Region, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import { nodesByName } from '#saved-model/nodes.js';
import type { FunctionArgument, FunctionDef, NodeDef, SavedModel } from '#saved-model/records.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { Tensor } from '#tensor/tensor.js';
import type { TfOpDefinition } from '#tensorflow/define-op.js';
import { signatureOp } from '../flex/signature-op.js';
import { importAnyAttributes, importAttributes } from './attributes.js';
import { isControlOp, type LiftedGraph, liftControlFlow } from './lift-control-flow.js';
import { isTensorArrayOp, liftTensorArrays } from './lift-tensor-arrays.js';
import { reaches } from './reaches.js';
import { canonical, parseReference, type Reference } from './references.js';
import { unknownOp } from './unknown-op.js';

/** Calls within calls; beyond it a function calls itself without end. */
const MAX_CALL_DEPTH = 100;

/** One graph or function body while it is imported into a region. */
interface Scope {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly region: Region;
  readonly signature: string | undefined;
  readonly function: string | undefined;
  readonly depth: number;
  /** Values by name: arguments of a function, fed tensors (`node:0`) of the main graph. */
  readonly given: ReadonlyMap<string, Value>;
  /** Results of the nodes imported so far. */
  readonly results: Map<string, NodeResults>;
  /** Output names by which nodes without a definition are referred to, in order of appearance. */
  readonly seenOutputs: Map<string, string[]>;
}

type DataReference = Reference & { readonly kind: 'data' };

/** Finds the value that a reference to the node means. */
type NodeResults = (reference: DataReference) => Value | undefined;

const CALLS = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
const VARIABLES = new Set(['VarHandleOp', 'VariableV2', 'Variable', 'HashTableV2']);

/** Imports nodes into regions, inlining calls. */
export class GraphImporter {
  readonly #model: SavedModel;
  readonly #definitions: ReadonlyMap<string, TfOpDefinition>;
  readonly #editor = new Editor();
  readonly #mainNodes: ReadonlyMap<string, NodeDef>;
  /** The main graph without loops, branches and arrays in the form of TensorFlow 1, once something has reached one. */
  #lifted: LiftedGraph | undefined;

  constructor(model: SavedModel, definitions: ReadonlyMap<string, TfOpDefinition>) {
    this.#model = model;
    this.#definitions = definitions;
    this.#mainNodes = nodesByName(model.graph.nodes);
  }

  /**
   * The main graph's nodes, from which `fetches` are computed. Only what they reach is looked at: most of a graph is there
   * to save and restore variables, and never decoded.
   */
  #nodesFor(fetches: readonly string[], given: ReadonlyMap<string, Value>): ReadonlyMap<string, NodeDef> {
    const isOldForm = ({ op }: NodeDef): boolean => isControlOp(op) || isTensorArrayOp(op);
    if (!this.#lifted && reaches(this.#mainNodes, fetches, given, isOldForm)) this.#lifted = this.#lift();
    return this.#lifted?.nodes ?? this.#mainNodes;
  }

  #lift(): LiftedGraph {
    const { nodes } = this.#model.graph;
    try {
      return liftControlFlow(nodes.some(({ op }) => isTensorArrayOp(op)) ? liftTensorArrays(nodes) : nodes);
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      fail('invalid-graph', {
        detail: `A loop or branch in the form of TensorFlow 1 is not whole: ${error.message}.`,
        locations: [{ file: this.#model.path }],
      });
    }
  }

  #function(name: string): FunctionDef | undefined {
    return this.#lifted?.functions.get(name) ?? this.#model.functions.get(name);
  }

  /** Imports what the main graph needs to compute `outputs` from `inputs` (tensors: `node:0`). */
  importGraph(region: Region, signature: string, inputs: readonly string[], outputs: readonly string[]): void {
    const given = new Map<string, Value>();
    for (const [i, tensor] of inputs.entries()) given.set(canonical(tensor), region.args[i] as Value);
    const nodes = this.#nodesFor(outputs, given);
    const scope = this.#scope({ nodes, region, signature, function: undefined, depth: 0, given });
    region.setOutputs(this.#fetch(scope, outputs, []));
  }

  /** Imports what a node of the main graph needs, and the node itself, for what it does; files are named by their paths. */
  importEffect(region: Region, node: string): void {
    const given = new Map<string, Value>();
    for (const { tensor, path } of this.#model.assets) {
      const text = Tensor.fromStrings([], [new TextEncoder().encode(path)]);
      given.set(canonical(tensor), this.#editor.constant({ region }, text, {}));
    }
    const nodes = this.#nodesFor([node], given);
    const scope = this.#scope({ nodes, region, signature: undefined, function: undefined, depth: 0, given });
    this.#fetch(scope, [], [node]);
  }

  #scope(init: Omit<Scope, 'results' | 'seenOutputs'>): Scope {
    return { ...init, results: new Map(), seenOutputs: new Map() };
  }

  /** Imports all that `fetches` and the nodes `effects` need, and gives the values of `fetches`. */
  #fetch(scope: Scope, fetches: readonly string[], effects: readonly string[]): Value[] {
    const order = this.#order(scope, [...fetches, ...effects.map((node) => `^${node}`)]);
    for (const node of order) this.#importNode(scope, node);
    return fetches.map((text) => this.#resolve(scope, this.#reference(scope, text), text));
  }

  /** The nodes that `fetches` need and that are not imported yet, each after what it needs. */
  #order(scope: Scope, fetches: readonly string[]): NodeDef[] {
    const order: NodeDef[] = [];
    const state = new Map<string, 'open' | 'done'>();
    const stack: { readonly node: NodeDef; next: number }[] = [];
    const push = (text: string, from?: NodeDef): void => {
      const reference = this.#reference(scope, text, from);
      if (this.#given(scope, reference)) return;
      if (reference.kind === 'data') noteOutput(scope, reference);
      if (scope.results.has(reference.node) || state.get(reference.node) === 'done') return;
      const node = scope.nodes.get(reference.node);
      if (!node) this.#invalid(scope, from, `refers to "${text}", which does not exist`);
      if (state.get(node.name) === 'open') {
        this.#invalid(scope, node, 'is part of a cycle');
      }
      state.set(node.name, 'open');
      stack.push({ node, next: 0 });
    };
    for (const fetch of fetches) {
      push(fetch);
      for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
        const input = frame.node.inputs[frame.next++];
        if (input !== undefined) {
          push(input, frame.node);
          continue;
        }
        stack.pop();
        state.set(frame.node.name, 'done');
        order.push(frame.node);
      }
    }
    return order;
  }

  #importNode(scope: Scope, node: NodeDef): void {
    const location = this.#location(scope, node);
    try {
      scope.results.set(node.name, this.#importOp(scope, node, location));
    } catch (error) {
      if (error instanceof InferenceError) this.#invalid(scope, node, error.message, ': ');
      throw error;
    }
  }

  #importOp(scope: Scope, node: NodeDef, location: Location): NodeResults {
    const operands: Value[] = [];
    for (const text of node.inputs) {
      const reference = parseReference(text);
      if (reference.kind === 'data') operands.push(this.#resolve(scope, reference, text, node));
    }
    const called = this.#calledFunction(node);
    const at = { region: scope.region };
    if (called) {
      // A function may say that it stands for an op with a kernel of its own.
      const stated = called.attributes.get('_implements');
      const composite = stated?.kind === 'function' ? stated : undefined;
      const definition = composite && this.#definitions.get(composite.name);
      if (!definition) return this.#inline(scope, node, called, operands);
      const attributes = importAttributes(definition.attributes, composite.attributes);
      const op = this.#editor.create(at, definition as OpDefinition<Attributes>, operands, attributes, location);
      return namedResults(op.results, CALLS.has(node.op) ? ['output'] : definition.resultNames);
    }
    if (node.op === 'Const') {
      const value = node.attributes.get('value');
      if (value?.kind !== 'tensor') throw new InferenceError('a constant has no value');
      return namedResults(this.#editor.create(at, Const, [], { value: value.value }, location).results, ['output']);
    }
    if (node.op === 'Placeholder') throw new InferenceError('an output needs it, but it is no input of the signature');
    const definition = this.#definitions.get(node.op) ?? signatureOp(node.op, node.attributes);
    if (!definition) return this.#importUnknown(scope, node, operands, location);
    if (operands.length < definition.operandNames.length) refuseFew(operands.length, definition);
    let attributes = importAttributes(definition.attributes, node.attributes);
    // The main graph's node stands for the variable or table: what it holds is bound to its name.
    if (VARIABLES.has(node.op)) attributes = { ...attributes, variable: node.name };
    const regions = (definition.regionAttributes ?? []).flatMap((name) =>
      this.#importRegions(scope, node, name, operands),
    );
    const op = this.#editor.create(at, definition as OpDefinition<Attributes>, operands, attributes, location, {
      regions,
    });
    return namedResults(op.results, definition.resultNames, definition.resultCounts?.(op));
  }

  #importUnknown(scope: Scope, node: NodeDef, operands: readonly Value[], location: Location): NodeResults {
    const outputs = scope.seenOutputs.get(node.name) ?? [];
    // An op without results is there for what it does, and one that has a handle may write to it.
    const sideEffects = outputs.length === 0 || operands.some(({ type }) => type.kind === 'resource');
    const { attributes, specs } = importAnyAttributes(node.attributes);
    const op = this.#editor.create(
      { region: scope.region },
      unknownOp(node.op, specs, sideEffects),
      operands,
      attributes,
      location,
      { types: outputs.map(() => unknownType) },
    );
    // Without a definition only the references tell the outputs: they are numbered as they appear.
    const byKey = new Map(outputs.map((key, i) => [key, op.results[i] as Value]));
    return (reference) => byKey.get(outputKey(reference));
  }

  #calledFunction(node: NodeDef): FunctionDef | undefined {
    if (!CALLS.has(node.op)) return this.#function(node.op);
    const f = node.attributes.get('f');
    if (f?.kind !== 'function') throw new InferenceError('a call does not name its function');
    const called = this.#function(f.name);
    if (!called) throw new InferenceError(`calls "${f.name}", which is not in the library`);
    return called;
  }

  #inline(scope: Scope, node: NodeDef, called: FunctionDef, operands: readonly Value[]): NodeResults {
    const values = this.#importBody(scope, called, scope.region, operands);
    // A call op's one output is a list; a function used as an op has its own output names.
    return namedResults(values, CALLS.has(node.op) ? ['output'] : called.outputs.map((output) => output.name));
  }

  /** Imports a function's body into `region` and gives what it returns. */
  #importBody(scope: Scope, called: FunctionDef, region: Region, operands: readonly Value[]): Value[] {
    if (scope.depth >= MAX_CALL_DEPTH) throw new InferenceError(`"${called.name}" calls itself without end`);
    if (operands.length !== called.inputs.length) {
      throw new InferenceError(`"${called.name}" takes ${called.inputs.length} arguments, not ${operands.length}`);
    }
    const inner = this.#scope({
      nodes: nodesByName(called.nodes),
      region,
      signature: scope.signature,
      function: called.name,
      depth: scope.depth + 1,
      given: new Map(called.inputs.map((input, i) => [input.name, operands[i] as Value])),
    });
    const fetches = called.outputs.map((output) => {
      const tensor = called.returns.get(output.name);
      if (tensor === undefined) throw new InferenceError(`"${called.name}" does not return "${output.name}"`);
      return tensor;
    });
    return this.#fetch(inner, fetches, [...called.controlReturns.values()]);
  }

  /** The region of a function attribute; one for each function of a list. */
  #importRegions(scope: Scope, node: NodeDef, attribute: string, operands: readonly Value[]): Region[] {
    const value = node.attributes.get(attribute);
    const functions = value?.kind === 'list' ? value.items : value ? [value] : [];
    return functions.map((item) => {
      const called = item.kind === 'function' ? this.#function(item.name) : undefined;
      if (!called) throw new InferenceError(`attribute "${attribute}" does not name a function of the library`);
      const inputs = node.op.endsWith('While') ? operands : operands.slice(1);
      const region = new Region(called.inputs.map((input, i) => argumentType(input, inputs[i])));
      region.setOutputs(this.#importBody(scope, called, region, region.args));
      return region;
    });
  }

  #reference(scope: Scope, text: string, from?: NodeDef): Reference {
    try {
      return parseReference(text);
    } catch (error) {
      if (error instanceof InferenceError) this.#invalid(scope, from, error.message, ': ');
      throw error;
    }
  }

  #given(scope: Scope, reference: Reference): Value | undefined {
    if (reference.kind === 'control') return undefined;
    if (scope.function !== undefined)
      return reference.output === undefined ? scope.given.get(reference.node) : undefined;
    return scope.given.get(`${reference.node}:${reference.index}`);
  }

  #resolve(scope: Scope, reference: Reference, text: string, from?: NodeDef): Value {
    const given = this.#given(scope, reference);
    if (given) return given;
    const value = reference.kind === 'data' ? scope.results.get(reference.node)?.(reference) : undefined;
    return value ?? this.#invalid(scope, from, `refers to "${text}", which does not exist`);
  }

  #location(scope: Scope, node: NodeDef): Location {
    const { name } = node;
    const location: { -readonly [K in keyof Location]: Location[K] } = {};
    if (scope.signature !== undefined) location.signature = scope.signature;
    if (scope.function !== undefined) location.function = scope.function;
    location.node = name;
    const end = name.lastIndexOf('/');
    if (end >= 0) location.layer = name.slice(name.lastIndexOf('/', end - 1) + 1, end);
    return location;
  }

  #invalid(scope: Scope, node: NodeDef | undefined, problem: string, separator = ' '): never {
    const where = node ? `Node "${node.name}" (${node.op})` : 'The signature';
    fail('invalid-graph', {
      detail: `${where}${separator}${problem}.`,
      locations: [{ file: this.#model.path, ...(node ? this.#location(scope, node) : {}) }],
      ...(node ? { op: node.op } : {}),
    });
  }
}

/** Throws where some of the operands are neither optional nor repeated. */
function refuseFew(count: number, { operandNames }: TfOpDefinition): void {
  const needed = operandNames.filter((name) => !/[*?]$/.test(name)).length;
  if (count < needed) throw new InferenceError(`has ${count} operands, not ${needed}`);
}

/** Results under the names of output arguments: several single ones, one list, or as many of each as `counts` says. */
function namedResults(values: readonly Value[], names: readonly string[], counts?: readonly number[]): NodeResults {
  return ({ output, index }) => {
    if (output === undefined || names.length === 1) return values[index];
    const position = names.indexOf(output);
    if (position < 0) return undefined;
    const start = counts ? counts.slice(0, position).reduce((sum, count) => sum + count, 0) : position;
    return values[start + index];
  };
}

function outputKey(reference: DataReference): string {
  return `${reference.output ?? ''}:${reference.index}`;
}

function noteOutput(scope: Scope, reference: DataReference): void {
  const seen = scope.seenOutputs.get(reference.node);
  const key = outputKey(reference);
  if (!seen) scope.seenOutputs.set(reference.node, [key]);
  else if (!seen.includes(key)) seen.push(key);
}

/** What the function says of its argument; of one that it says nothing of, what `value` is at first. */
function argumentType(argument: FunctionArgument, value?: Value): Type {
  if (argument.dtype === 'invalid' && value) {
    return value.type.kind === 'tensor' ? tensorType(value.type.dtype, null) : value.type;
  }
  if (argument.dtype === 'resource') {
    const [held] = argument.handleData;
    const value = held && held.dtype in dtypes ? tensorType(held.dtype as DType, held.shape) : undefined;
    return value ? { kind: 'resource', value } : { kind: 'resource' };
  }
  if (argument.dtype === 'variant') return { kind: 'variant' };
  if (!(argument.dtype in dtypes)) return unknownType;
  return tensorType(argument.dtype as DType, argument.shape);
}
