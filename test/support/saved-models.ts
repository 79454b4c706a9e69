import type {
  AttrValue,
  FunctionArgument,
  FunctionDef,
  NodeDef,
  SavedModel,
  SignatureDef,
} from '#saved-model/records.js';
import type { DType } from '#tensor/dtype.js';
import type { Tensor } from '#tensor/tensor.js';

type Attributes = Readonly<Record<string, AttrValue>>;

export const float: AttrValue = { kind: 'dtype', value: 'float32' };

/** A node; `T = float32` unless attributes are given. */
export function node(
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attributes: Attributes = { T: float },
): NodeDef {
  return { name, op, inputs, device: '', attributes: new Map(Object.entries(attributes)), originalNames: [] };
}

export function constant(name: string, value: Tensor): NodeDef {
  return node(name, 'Const', [], { value: { kind: 'tensor', value }, dtype: { kind: 'dtype', value: value.dtype } });
}

export function argument(name: string, dtype: FunctionArgument['dtype'] = 'float32'): FunctionArgument {
  return { name, dtype, shape: [2], handleData: [] };
}

/** A function; `returns` maps its output names to tensors. */
export function functionDef(
  name: string,
  inputs: readonly string[],
  returns: Readonly<Record<string, string>>,
  nodes: readonly NodeDef[],
  controlReturns: Readonly<Record<string, string>> = {},
): FunctionDef {
  return {
    name,
    inputs: inputs.map((input) => argument(input)),
    outputs: Object.keys(returns).map((output) => argument(output)),
    nodes,
    returns: new Map(Object.entries(returns)),
    controlReturns: new Map(Object.entries(controlReturns)),
    attributes: new Map(),
  };
}

export function call(name: string, called: string, inputs: readonly string[]): NodeDef {
  return node(name, 'StatefulPartitionedCall', inputs, {
    f: { kind: 'function', name: called, attributes: new Map() },
  });
}

export function signatureDef(
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>>,
  dtype: DType = 'float32',
): SignatureDef {
  const tensors = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([name, tensor]) => ({ name, tensor, encoding: 'dense' as const, dtype, shape: [2] }));
  return { key: 'serve', methodName: '', inputs: tensors(inputs), outputs: tensors(outputs) };
}

interface Parts {
  readonly nodes: readonly NodeDef[];
  readonly functions?: readonly FunctionDef[];
  /** Values by the name of the variable's node. */
  readonly variables?: Readonly<Record<string, Tensor>>;
}

/** A SavedModel in memory. */
export function savedModel({ nodes, functions = [], variables = {} }: Parts): SavedModel {
  const library = new Map(functions.map((called) => [called.name, called]));
  const values = new Map(Object.entries(variables));
  const reads = new Map<string, number>();
  return {
    path: 'model',
    tags: ['serve'],
    tensorflowVersion: '2.21.0',
    signatures: new Map(),
    initOp: undefined,
    graph: { nodes },
    functions: {
      get: (name) => library.get(name),
      has: (name) => library.has(name),
      names: () => library.keys(),
      gradients: new Map(),
    },
    assets: [],
    variables: {
      keys: () => values.keys(),
      entry: () => undefined,
      read(key) {
        reads.set(key, (reads.get(key) ?? 0) + 1);
        if ((reads.get(key) ?? 0) > 1) throw new Error(`${key} is read twice`);
        return values.get(key) as Tensor;
      },
    },
    variableBindings: { get: (name) => (values.has(name) ? { key: name } : undefined) },
  };
}
