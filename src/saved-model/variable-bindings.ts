import { nodesByName } from './nodes.js';
import { checkpointKeysByVariableName } from './object-graph.js';
import type {
  FunctionDef,
  FunctionLibrary,
  NodeDef,
  TensorSlice,
  VariableBinding,
  VariableBindings,
  VariableStore,
} from './records.js';
import { textOf } from './strings.js';
import { parseShapeAndSlice } from './tensor-slice.js';

/** Calls deeper than this are not those of a restore function. */
const MAX_DEPTH = 32;

const VARIABLE_OPS = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
const ASSIGN_OPS = new Set(['AssignVariableOp', 'Assign']);
const CALL_OPS = new Set(['StatefulPartitionedCall', 'PartitionedCall']);
/** Ops between RestoreV2 and the assignment that leave the value as it is. */
const TRANSPARENT_OPS = new Set(['Identity', 'IdentityN', 'Reshape']);

export interface BindingSource {
  readonly nodes: readonly NodeDef[];
  readonly functions: FunctionLibrary;
  /** SaverDef's `restore_op_name`; empty where the model has none. */
  readonly restoreOp: string;
  /** SavedObjectGraph, undecoded. */
  readonly objectGraph: Uint8Array;
  readonly variables: VariableStore;
  /** The file that the graph is from. */
  readonly path: string;
}

/**
 * Finds what each variable node of the main graph is restored from. The graph itself says it: below the restore op
 * stand assignments, in the graph (TF1) or in functions that it calls (TF2), whose values come from RestoreV2. What
 * nothing there restores is the same variable as another node of its name, or is looked up in the object graph.
 */
export function variableBindings(source: BindingSource): VariableBindings {
  return new Bindings(source);
}

class Bindings implements VariableBindings {
  readonly #source: BindingSource;
  #restored: ReadonlyMap<string, VariableBinding> | undefined;
  #byName: ReadonlyMap<string, VariableBinding> | undefined;

  constructor(source: BindingSource) {
    this.#source = source;
  }

  get(node: string): VariableBinding | undefined {
    this.#restored ??= new RestoreTracer(this.#source).trace();
    const restored = this.#restored.get(node);
    if (restored) return restored;
    this.#byName ??= this.#bindByName(this.#restored);
    return this.#byName.get(node);
  }

  /** Binds the variables that nothing restores. */
  #bindByName(restored: ReadonlyMap<string, VariableBinding>): Map<string, VariableBinding> {
    const { nodes, path, objectGraph, variables } = this.#source;
    const variableNodes = nodes.filter(({ op }) => VARIABLE_OPS.has(op));
    const byIdentity = new Map<string, VariableBinding>();
    for (const [name, key] of checkpointKeysByVariableName(path, objectGraph, variables)) {
      byIdentity.set(identity('', name), { key });
    }
    for (const node of variableNodes) {
      const binding = restored.get(node.name);
      if (binding) byIdentity.set(identityOf(node), binding);
    }
    const bindings = new Map<string, VariableBinding>();
    for (const node of variableNodes) {
      const binding = byIdentity.get(identityOf(node));
      if (binding) bindings.set(node.name, binding);
    }
    return bindings;
  }
}

/** Nodes with one container and shared name are one variable; without a shared name a node's own is its. */
function identityOf({ name, attributes }: NodeDef): string {
  return identity(text(attributes, 'container'), text(attributes, 'shared_name') || name);
}

function identity(container: string, sharedName: string): string {
  return `${container}\n${sharedName}`;
}

/** The main graph, or a function's body in one call of it. */
interface Frame {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  /** Set in a function's body: its definition, the call, and the frame in which the call stands. */
  readonly call?: Call;
  readonly depth: number;
}

interface Call {
  readonly definition: FunctionDef;
  /** Positions of the arguments by name. */
  readonly positions: ReadonlyMap<string, number>;
  readonly node: NodeDef;
  readonly frame: Frame;
}

interface Origin {
  readonly node: NodeDef;
  readonly output: number;
  readonly frame: Frame;
}

class RestoreTracer {
  readonly #restoreOp: string;
  readonly #functions: FunctionLibrary;
  readonly #main: Frame;
  readonly #positions = new Map<string, ReadonlyMap<string, number>>();
  readonly #restores = new Map<NodeDef, readonly (VariableBinding | undefined)[]>();

  constructor(source: BindingSource) {
    this.#restoreOp = source.restoreOp;
    this.#functions = source.functions;
    this.#main = { nodes: nodesByName(source.nodes), depth: 0 };
  }

  trace(): Map<string, VariableBinding> {
    const bindings = new Map<string, VariableBinding>();
    for (const node of this.#reachable(this.#restoreOp)) this.#visit(node, this.#main, bindings);
    return bindings;
  }

  /** The nodes of the main graph on which the restore op depends, itself included. */
  #reachable(restoreOp: string): Set<NodeDef> {
    const found = new Set<NodeDef>();
    const pending = [nodeOf(restoreOp)];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const node = this.#main.nodes.get(name);
      if (!node || found.has(node)) continue;
      found.add(node);
      pending.push(...node.inputs.map(nodeOf));
    }
    return found;
  }

  #visit(node: NodeDef, frame: Frame, bindings: Map<string, VariableBinding>): void {
    if (ASSIGN_OPS.has(node.op)) {
      const variable = this.#origin(node.inputs[0], frame);
      if (!variable || !VARIABLE_OPS.has(variable.node.op) || variable.frame !== this.#main) return;
      const value = this.#origin(node.inputs[1], frame);
      const binding = value?.node.op === 'RestoreV2' ? this.#restored(value) : undefined;
      if (binding) bindings.set(variable.node.name, binding);
    } else if (CALL_OPS.has(node.op)) {
      const body = this.#enter(node, frame);
      for (const inner of body?.nodes.values() ?? []) this.#visit(inner, body as Frame, bindings);
    }
  }

  #enter(node: NodeDef, frame: Frame): Frame | undefined {
    const callee = node.attributes.get('f');
    if (callee?.kind !== 'function' || frame.depth >= MAX_DEPTH) return undefined;
    for (let outer = frame.call; outer; outer = outer.frame.call) {
      if (outer.definition.name === callee.name) return undefined;
    }
    const definition = this.#functions.get(callee.name);
    if (!definition) return undefined;
    let positions = this.#positions.get(callee.name);
    if (!positions) {
      positions = new Map(definition.inputs.map(({ name }, position) => [name, position]));
      this.#positions.set(callee.name, positions);
    }
    const call = { definition, positions, node, frame };
    return { nodes: nodesByName(definition.nodes), call, depth: frame.depth + 1 };
  }

  /** The node that makes a tensor, looked for through identities, and through arguments of functions. */
  #origin(reference: string | undefined, frame: Frame): Origin | undefined {
    let at = reference;
    let within = frame;
    // A graph's data edges have no cycle outside loops; the count ends it in one that has.
    for (let steps = 0; at !== undefined && steps < 1000; steps++) {
      const { name, output } = parseReference(at);
      const node = within.nodes.get(name);
      if (!node) {
        const { call } = within as Frame;
        const argument = call?.positions.get(name);
        if (!call || argument === undefined) return undefined;
        at = call.node.inputs[argument];
        within = call.frame;
      } else if (TRANSPARENT_OPS.has(node.op)) {
        at = node.inputs[output];
      } else {
        return { node, output, frame: within };
      }
    }
    return undefined;
  }

  #restored({ node, output, frame }: Origin): VariableBinding | undefined {
    let all = this.#restores.get(node);
    if (!all) {
      const names = this.#strings(node.inputs[1], frame);
      const slices = this.#strings(node.inputs[2], frame);
      all = names.map((key, i) => binding(key, parseShapeAndSlice(slices[i] ?? '')));
      this.#restores.set(node, all);
    }
    return all[output];
  }

  #strings(reference: string | undefined, frame: Frame): readonly string[] {
    const value = this.#origin(reference, frame)?.node.attributes.get('value');
    return value?.kind === 'tensor' ? value.value.strings.map(textOf) : [];
  }
}

function binding(key: string, slice: TensorSlice | null | undefined): VariableBinding | undefined {
  if (slice === undefined) return undefined;
  return slice === null ? { key } : { key, slice };
}

/** `node`, `node:1`, in functions `node:output_arg:1`. RestoreV2 and the identities have one output argument each. */
function parseReference(reference: string): { name: string; output: number } {
  const first = reference.indexOf(':');
  if (first < 0) return { name: reference, output: 0 };
  return { name: reference.slice(0, first), output: Number(reference.slice(reference.lastIndexOf(':') + 1)) };
}

function nodeOf(reference: string): string {
  return reference.replace(/^\^/, '').split(':', 1)[0] as string;
}

function text(attributes: NodeDef['attributes'], name: string): string {
  const value = attributes.get(name);
  return value?.kind === 'string' ? textOf(value.value) : '';
}
