import type { AttrValue, NodeDef } from '#saved-model/records.js';
import { Tensor } from '#tensor/tensor.js';
import { parseReference } from './references.js';

const MAKER = 'TensorArrayV3';

export function isTensorArrayOp(op: string): boolean {
  return op === MAKER;
}

/** Ops that hand a value on, as TensorFlow 1 wrote loops and branches. */
const CARRIERS = new Set(['Enter', 'Exit', 'NextIteration', 'Merge', 'Switch', 'Identity']);

/**
 * Tensor arrays of TensorFlow 1 as lists: the number that orders reads and writes of an array (`flow`) becomes the list
 * itself, and the handle goes. Linear in the nodes.
 */
export function liftTensorArrays(nodes: readonly NodeDef[]): readonly NodeDef[] {
  return new ArrayLifter(nodes).lift();
}

const dtype = (value: AttrValue | undefined): AttrValue => value ?? { kind: 'dtype', value: 'invalid' };
const variant: AttrValue = { kind: 'dtype', value: 'variant' };

interface ListNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttrValue>>;
}

class ArrayLifter {
  readonly #nodes: ReadonlyMap<string, NodeDef>;
  readonly #users = new Map<string, NodeDef[]>();
  readonly #result: NodeDef[] = [];

  constructor(nodes: readonly NodeDef[]) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    for (const node of nodes) {
      for (const input of node.inputs) {
        const { node: name } = parseReference(input);
        const known = this.#users.get(name);
        if (known) known.push(node);
        else this.#users.set(name, [node]);
      }
    }
  }

  lift(): readonly NodeDef[] {
    const makers = [...this.#nodes.values()].filter(({ op }) => isTensorArrayOp(op));
    const handles = this.#carriersOf(makers.map(({ name }) => name));
    const arrays = [...this.#nodes.values()].filter(({ op }) => /^TensorArray\w+V3$/.test(op));
    const flows = this.#carriersOf([
      ...makers.map(({ name }) => `${name}:1`),
      ...arrays.filter((node) => node.op !== MAKER).map(({ name }) => name),
    ]);
    const isFlow = new Set(flows);
    for (const node of this.#nodes.values()) {
      if (node.op === MAKER) this.#make(node);
      else if (/^TensorArray\w+V3$/.test(node.op)) this.#use(node);
      else if (isFlow.has(node)) this.#add(node, node.op, node.inputs, { ...attributesOf(node), T: variant });
      else if (!handles.has(node)) this.#result.push(node);
    }
    return this.#result;
  }

  /** The nodes that hand on one of these tensors. */
  #carriersOf(tensors: readonly string[]): ReadonlySet<NodeDef> {
    const found = new Set<NodeDef>();
    const pending = [...tensors];
    for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
      const wanted = text;
      const { node: name } = parseReference(text);
      for (const user of this.#users.get(name) ?? []) {
        const takes = user.inputs[0] === wanted || (user.op === 'Merge' && user.inputs.includes(wanted));
        if (!CARRIERS.has(user.op) || !takes || found.has(user)) continue;
        found.add(user);
        pending.push(user.name, `${user.name}:1`);
      }
    }
    return found;
  }

  #add(like: NodeDef, op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttrValue>>): void {
    this.#result.push({
      name: like.name,
      op,
      // The flow is the second output of the op that makes an array, and the only one of the list.
      inputs: inputs.map((input) => (this.#isMaker(input) ? parseReference(input).node : input)),
      device: '',
      attributes: new Map(Object.entries(attributes)),
      originalNames: [],
    });
  }

  #isMaker(text: string): boolean {
    return text.endsWith(':1') && this.#nodes.get(parseReference(text).node)?.op === MAKER;
  }

  /** A constant beside a node; gives its name. */
  #constant(node: NodeDef, name: string, value: Tensor): string {
    const own = `${node.name}/${name}`;
    const attributes = new Map<string, AttrValue>([['value', { kind: 'tensor', value }]]);
    this.#result.push({ name: own, op: 'Const', inputs: [], device: '', attributes, originalNames: [] });
    return own;
  }

  #elementShape(node: NodeDef): string {
    const stated = node.attributes.get('element_shape') ?? node.attributes.get('element_shape_except0');
    const shape = stated?.kind === 'shape' ? stated.value : null;
    return this.#constant(
      node,
      'element_shape',
      shape === null ? Tensor.int32([-1], []) : Tensor.int32(shape.map((size) => size ?? -1)),
    );
  }

  #make(node: NodeDef): void {
    const [size = ''] = node.inputs;
    const element_dtype = dtype(node.attributes.get('dtype'));
    this.#add(node, 'TensorListReserve', [this.#elementShape(node), size], { element_dtype });
  }

  #use(node: NodeDef): void {
    const control = node.inputs.filter((input) => input.startsWith('^'));
    const { op, inputs, attributes = {} } = this.#listOp(node);
    const element_dtype = dtype(node.attributes.get('dtype') ?? node.attributes.get('T'));
    this.#add(node, op, [...inputs, ...control], { element_dtype, ...attributes });
  }

  /** What does the same on the list; operand 0 of the node is the handle. */
  #listOp(node: NodeDef): ListNode {
    const [, first = '', second = '', third = ''] = node.inputs;
    switch (node.op) {
      case 'TensorArrayReadV3':
        return { op: 'TensorListGetItem', inputs: [second, first, this.#elementShape(node)] };
      case 'TensorArrayWriteV3': {
        const grows: AttrValue = { kind: 'bool', value: this.#isDynamic(node) };
        const attributes = { resize_if_index_out_of_bounds: grows };
        return { op: 'TensorListSetItem', inputs: [third, first, second], attributes };
      }
      case 'TensorArrayGatherV3':
        if (this.#isWhole(first)) return { op: 'TensorListStack', inputs: [second, this.#elementShape(node)] };
        return { op: 'TensorListGather', inputs: [second, first, this.#elementShape(node)] };
      case 'TensorArrayScatterV3':
        if (this.#isWhole(first)) return { op: 'TensorListFromTensor', inputs: [second, this.#elementShape(node)] };
        return { op: 'TensorListScatterIntoExistingList', inputs: [third, second, first] };
      case 'TensorArrayConcatV3':
        return { op: 'TensorListConcat', inputs: [first] };
      case 'TensorArraySplitV3':
        return { op: 'TensorListSplit', inputs: [first, this.#elementShape(node), second] };
      case 'TensorArraySizeV3':
        return { op: 'TensorListLength', inputs: [first] };
      default:
        // It is closed, or its gradient is asked for.
        return { op: 'NoOp', inputs: [] };
    }
  }

  /** Whether the array that a node writes may grow. */
  #isDynamic(node: NodeDef): boolean {
    const seen = new Set<string>();
    for (let text = node.inputs[0]; text !== undefined; ) {
      const at = this.#nodes.get(parseReference(text).node);
      if (!at || seen.has(at.name)) return false;
      seen.add(at.name);
      if (at.op === MAKER) {
        const dynamic = at.attributes.get('dynamic_size');
        return dynamic?.kind === 'bool' && dynamic.value;
      }
      text = at.inputs[0];
    }
    return false;
  }

  /** Places from 0 on, one after the other: all there are. */
  #isWhole(text: string): boolean {
    const range = this.#nodes.get(parseReference(text).node);
    if (range?.op !== 'Range') return false;
    const [start, , step] = range.inputs.map((input) =>
      this.#nodes.get(parseReference(input).node)?.attributes.get('value'),
    );
    return isNumber(start, 0) && isNumber(step, 1);
  }
}

function isNumber(value: AttrValue | undefined, number: number): boolean {
  return value?.kind === 'tensor' && value.value.size === 1 && Number(value.value.data[0]) === number;
}

function attributesOf(node: NodeDef): Record<string, AttrValue> {
  return Object.fromEntries(node.attributes);
}
