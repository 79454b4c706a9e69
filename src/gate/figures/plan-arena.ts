import { mayBeComputedEarly } from '#runtime/prepared-tensors.js';
import type { ModelRecord, OperatorCodeRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';

/** Every tensor begins at a multiple of it: `kDefaultTensorAlignment` of tflite/util.h. */
const ALIGNMENT = 64;

/** Sharing the memory of tensors up to this size is not worth its while: `kScalarTensorBytes` of the planner. */
const NOT_SHARED = 4;

/** No tensor of these has its contents in the arena. */
const elsewhere = new Set(['STRING', 'RESOURCE', 'VARIANT']);

const bits: Readonly<Partial<Record<TensorRecord['type'], number>>> = {
  INT2: 2,
  INT4: 4,
  UINT4: 4,
  INT8: 8,
  UINT8: 8,
  BOOL: 8,
  FLOAT8_E4M3FN: 8,
  FLOAT8_E5M2: 8,
  INT16: 16,
  UINT16: 16,
  FLOAT16: 16,
  BFLOAT16: 16,
  INT64: 64,
  UINT64: 64,
  FLOAT64: 64,
  COMPLEX64: 64,
  COMPLEX128: 128,
};

/** Kernels that write their first output over one of these inputs; `keeps` where its bytes stay as they are. */
const inPlace: Readonly<Partial<Record<OperatorCodeRecord['builtin_code'], { inputs: number[]; keeps: boolean }>>> = {
  ADD: { inputs: [0, 1], keeps: false },
  SUB: { inputs: [0, 1], keeps: false },
  MUL: { inputs: [0, 1], keeps: false },
  DIV: { inputs: [0, 1], keeps: false },
  SOFTMAX: { inputs: [0], keeps: false },
  DYNAMIC_UPDATE_SLICE: { inputs: [0], keeps: false },
  RESHAPE: { inputs: [0], keeps: true },
  SQUEEZE: { inputs: [0], keeps: true },
  EXPAND_DIMS: { inputs: [0], keeps: true },
  BITCAST: { inputs: [0], keeps: true },
};

/** Where the tensors of a subgraph lie while it runs. */
export interface ArenaPlan {
  /** Of the arena itself, and of the tensors that keep their contents from run to run, which lie in a second one. */
  readonly bytes: number;
  /** By the index of the tensor; those that share memory have the same offset. Variables are not among them. */
  readonly offsets: ReadonlyMap<number, number>;
}

interface Block {
  readonly tensor: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  offset: number;
}

/**
 * Lays out the activations of a subgraph as LiteRT's interpreter does: those of the whole run first, then the others
 * from the largest to the smallest, each in the smallest gap that is free from its first op to its last. Free
 * dimensions count as the size in `shape`, which is 1. What kernels want as scratch space comes on top of it and
 * depends on the processor. Mirrors tflite/arena_planner.cc and tflite/simple_memory_arena.cc.
 */
export function planArena(model: ModelRecord, subgraph: SubGraphRecord): ArenaPlan {
  const { tensors, operators, inputs, outputs } = subgraph;
  // Constants, shapes and unpacked weights, which are computed before the first run and keep memory of their own.
  const early = mayBeComputedEarly(model, subgraph);
  const planned = tensors.map(({ type }, i) => !elsewhere.has(type) && !early.has(i));
  const sizes = tensors.map((tensor, i) => (planned[i] ? bytesOf(tensor) : 0));
  const shared = sharedMemory(model, subgraph, planned, sizes);
  const owner = (tensor: number): number => shared.get(tensor) ?? tensor;

  const first = new Map<number, number>();
  const begin = (node: number, tensor: number) => {
    if (tensor >= 0 && !first.has(tensor)) first.set(tensor, node);
  };
  tensors.forEach(({ is_variable }, i) => {
    if (is_variable) begin(0, i);
  });
  for (const input of inputs) begin(0, input);
  operators.forEach((operator, node) => {
    for (const output of operator.outputs) begin(node, output);
  });

  // What nobody reads is never released either.
  const last = new Map<number, number>();
  operators.forEach((operator, node) => {
    for (const input of operator.inputs) last.set(owner(input), node);
  });
  for (const kept of [...inputs, ...outputs]) last.delete(owner(kept));

  const blocks: Block[] = [];
  let variableBytes = 0;
  for (const [tensor, node] of first) {
    if (!planned[tensor] || shared.has(tensor)) continue;
    const bytes = sizes[tensor] as number;
    if (tensors[tensor]?.is_variable) variableBytes = aligned(variableBytes) + bytes;
    else blocks.push({ tensor, bytes, first: node, last: last.get(tensor) ?? Number.POSITIVE_INFINITY, offset: 0 });
  }
  const bytes = placeBlocks(blocks);

  const offsets = new Map(blocks.map(({ tensor, offset }) => [tensor, offset]));
  for (const [tensor, root] of shared) offsets.set(tensor, offsets.get(root) as number);
  return { bytes: bytes + variableBytes, offsets };
}

function bytesOf({ type, shape }: TensorRecord): number {
  const elements = shape.reduce((product, dim) => product * Math.abs(dim), 1);
  return Math.ceil((elements * (bits[type] ?? 32)) / 8);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** Tensors without memory of their own, with the one whose memory they use. */
function sharedMemory(
  model: ModelRecord,
  { tensors, operators, inputs, outputs }: SubGraphRecord,
  planned: readonly boolean[],
  sizes: readonly number[],
): Map<number, number> {
  const given = new Set(inputs);
  const wanted = new Set(outputs);
  const uses = new Map<number, number>();
  const use = (tensor: number) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const end of [...inputs, ...outputs]) use(end);
  for (const operator of operators) operator.inputs.forEach(use);

  const shared = new Map<number, number>();
  for (const operator of operators) {
    const rule = inPlace[(model.operator_codes[operator.opcode_index] as OperatorCodeRecord).builtin_code];
    const output = operator.outputs[0] ?? -1;
    if (!rule || !planned[output] || wanted.has(output)) continue;
    const input = rule.inputs
      .map((position) => operator.inputs[position] ?? -1)
      .find((tensor) => {
        if (!planned[tensor] || tensors[tensor]?.is_variable || given.has(tensor)) return false;
        const size = sizes[tensor] as number;
        return size === sizes[output] && (rule.keeps || (size > NOT_SHARED && uses.get(tensor) === 1));
      });
    if (input === undefined) continue;
    const root = shared.get(input) ?? input;
    if (rule.keeps || uses.get(root) === 1) shared.set(output, root);
  }
  return shared;
}

/** Gives every block its offset; the result is the bytes of all. */
function placeBlocks(blocks: Block[]): number {
  const whole = ({ first, last }: Block) => first === 0 && last === Number.POSITIVE_INFINITY;
  blocks.sort((a, b) => {
    if (whole(a) || whole(b)) return whole(a) && whole(b) ? a.tensor - b.tensor : whole(a) ? -1 : 1;
    return b.bytes - a.bytes || a.first - b.first || a.tensor - b.tensor;
  });
  /** In the order of their offsets. */
  const placed: Block[] = [];
  let end = 0;
  for (const block of blocks) {
    if (block.bytes === 0) continue;
    block.offset = bestOffset(block, placed);
    end = Math.max(end, block.offset + block.bytes);
    placed.splice(positionBehind(placed, block.offset), 0, block);
  }
  return end;
}

function bestOffset({ bytes, first, last }: Block, placed: readonly Block[]): number {
  let best = -1;
  let bestGap = Number.POSITIVE_INFINITY;
  let current = 0;
  for (const other of placed) {
    if (other.last < first || other.first > last) continue;
    const start = aligned(current);
    if (start + bytes <= other.offset && other.offset - start < bestGap) {
      best = start;
      bestGap = other.offset - current;
    }
    current = Math.max(current, other.offset + other.bytes);
    if (bestGap === 0) break;
  }
  return best < 0 ? aligned(current) : best;
}

function positionBehind(placed: readonly Block[], offset: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed[middle] as Block).offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
