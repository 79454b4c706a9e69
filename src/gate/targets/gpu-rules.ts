import { elements, integers, numberOption, type TargetOp, type TargetTensor } from './target-model.js';

/** Whether a tensor is given or computed while the model runs, in the eyes of the delegate. */
export interface GpuContext {
  readonly isRuntime: (tensor: TargetTensor | undefined) => boolean;
  readonly consumers: (tensor: TargetTensor) => readonly TargetOp[];
  readonly producer: (tensor: TargetTensor) => TargetOp | undefined;
}

/** Why the delegate leaves an op to the processor; undefined where it takes it. */
export type GpuRule = (op: TargetOp, context: GpuContext) => string | undefined;

/** So many operands at run time, and so many results. */
export function operands(runtime: number | readonly number[], results = 1): GpuRule {
  const allowed = [runtime].flat();
  return ({ inputs, outputs }, { isRuntime }) => {
    const count = inputs.filter(isRuntime).length;
    if (!allowed.includes(count)) {
      return `takes ${allowed.join(' or ')} operand(s) that are computed, and all others as constants; here are ${count}`;
    }
    return outputs.length === results ? undefined : `gives ${results} result(s), not ${outputs.length}`;
  };
}

/** These operands, where there are any, as int32 constants. */
export function constantIntegers(...positions: readonly number[]): GpuRule {
  return ({ inputs }, { isRuntime }) => {
    for (const position of positions) {
      const input = inputs[position];
      if (input && (isRuntime(input) || input.type !== 'int32'))
        return `takes operand ${position} as int32 constant only`;
    }
    return undefined;
  };
}

export const fusedActivation: GpuRule = ({ options }) =>
  options['fused_activation_function'] === 'SIGN_BIT' ? 'takes no fused SIGN_BIT' : undefined;

export function ranks(...allowed: readonly number[]): GpuRule {
  return ({ inputs: [input] }) =>
    input && !allowed.includes(input.shape.length)
      ? `takes tensors of ${allowed.join(' or ')} dimensions, not ${input.shape.length}`
      : undefined;
}

/** The options field has this value, which is also its default. */
export function optionIs(name: string, value: unknown, text: string): GpuRule {
  return ({ options }) => (options[name] === undefined || options[name] === value ? undefined : text);
}

/** Two operands, one of which may be a constant that the delegate can lay out. */
export const pair: GpuRule = (op, context) => {
  const reason = operands([1, 2])(op, context);
  if (reason) return reason;
  const [a, b] = op.inputs;
  if (op.inputs.length !== 2 || !a || !b) return `takes two operands, not ${op.inputs.length}`;
  if (a === b && op.name !== 'ADD' && op.name !== 'MUL' && op.name !== 'ADD_N') return 'takes two different operands';
  const constant = [a, b].find((tensor) => !context.isRuntime(tensor));
  return constant && unreadable(constant);
};

/** Constants have one batch at most, and no more than four dimensions. */
function unreadable(constant: TargetTensor): string | undefined {
  const { shape } = constant;
  if (elements(constant) === 1 || shape.slice(0, -1).every((dim) => dim === 1)) return undefined;
  if (shape.length === 2 || shape.length === 3 || (shape.length === 4 && shape[0] === 1)) return undefined;
  return `takes no constant of shape ${shape.join('×')}`;
}

export const broadcasts: GpuRule = ({ inputs: [a, b] }) => {
  if (!a || !b || a.shape.length < 2 || b.shape.length < 2 || a.shape.length === b.shape.length) return undefined;
  const fits = Array.from({ length: Math.max(a.shape.length, b.shape.length) }, (_, i) => {
    const [left = 1, right = 1] = [a.shape.at(-1 - i), b.shape.at(-1 - i)];
    return left === right || left === 1 || right === 1;
  });
  return fits.every(Boolean) ? undefined : `does not broadcast ${a.shape.join('×')} with ${b.shape.join('×')}`;
};

const comparisons = new Set(['GREATER', 'GREATER_EQUAL', 'LESS', 'LESS_EQUAL', 'EQUAL', 'NOT_EQUAL']);

export function isComparison(op: TargetOp | undefined): boolean {
  return op !== undefined && comparisons.has(op.name);
}

/** A comparison is only taken together with the one op that makes floats of its result. */
export const comparison: GpuRule = ({ outputs: [result] }, { consumers }) => {
  const [next, ...others] = result ? consumers(result) : [];
  const joined = next && others.length === 0 && ['CAST', 'SELECT', 'SELECT_V2'].includes(next.name);
  return joined && isFloat(next.outputs[0])
    ? undefined
    : 'has to be read by one CAST or SELECT to float, and nothing else';
};

export const cast: GpuRule = ({ inputs: [from], outputs: [to] }, { consumers, producer }) => {
  if (!from || !to) return 'has no operand';
  if (from.type === 'bool' && isFloat(to)) {
    if (!producer(from) || consumers(from).length !== 1) return 'takes bool from one op that nothing else reads';
    return consumers(to).length === 1
      ? undefined
      : 'makes no float of bool for a result of the model, or for several ops';
  }
  if (isFloat(from) && to.type === 'bool') return undefined;
  const numbers = ['float32', 'int32'];
  return numbers.includes(from.type) && numbers.includes(to.type) ? undefined : `makes no ${to.type} of ${from.type}`;
};

export function isFloat(tensor: TargetTensor | undefined): boolean {
  return tensor?.type === 'float32' || tensor?.type === 'float16';
}

export const convolution: GpuRule = (op, context) => {
  const { inputs, outputs } = op;
  const reason = operands([1, 2])(op, context) ?? fusedActivation(op, context);
  if (reason) return reason;
  const [input, weights] = inputs;
  if (weights && weights.shape.length !== 4) return `takes weights of 4 dimensions, not ${weights.shape.length}`;
  if (weights && context.isRuntime(weights) && input?.shape.at(-1) !== weights.shape.at(-1)) {
    return 'takes no computed weights of several groups';
  }
  return outputs[0]?.shape.length === 4 ? undefined : 'gives a result of 4 dimensions';
};

export const depthwise: GpuRule = (op, context) => {
  const reason = operands([1, 2])(op, context) ?? fusedActivation(op, context);
  if (reason) return reason;
  const [input, weights, bias] = op.inputs;
  const [output] = op.outputs;
  if (input?.shape.length !== 4 || weights?.shape.length !== 4 || output?.shape.length !== 4)
    return 'takes 4 dimensions';
  const channels = output.shape[3] as number;
  if (channels !== (input.shape[3] as number) * numberOption(op, 'depth_multiplier')) {
    return 'has another number of channels than `depth_multiplier` says';
  }
  return bias && elements(bias) !== channels ? 'takes a bias for each channel' : undefined;
};

export const dense: GpuRule = (op, { isRuntime }) => {
  const { inputs, outputs, options } = op;
  const [input, weights] = inputs;
  if (!input || !weights || !isRuntime(input)) return 'takes no constant input';
  if (inputs.filter(isRuntime).length > 2) return 'takes one computed operand besides its input';
  if (options['keep_num_dims'] === true && input.shape.length !== outputs[0]?.shape.length) {
    return 'keeps the number of dimensions where it has to be kept';
  }
  // A tensor of one dimension is a batch of single values to the delegate.
  const channels = input.shape.length === 1 ? 1 : input.shape.at(-1);
  if (!isRuntime(weights) && weights.shape[1] !== channels) {
    return `takes inputs of as many channels as its weights have columns (${weights.shape[1]}), not ${channels}`;
  }
  return undefined;
};

export const matmul: GpuRule = (op, { isRuntime }) => {
  const [a, b] = op.inputs;
  if (!isRuntime(a)) return 'takes no constant as first operand';
  if (!isRuntime(b) && b?.shape.length !== 2) return 'takes a constant of 2 dimensions only';
  if (op.options['adj_x'] === true || op.options['adj_y'] === true) return 'transposes no operand itself';
  return undefined;
};

export const paddings: GpuRule = ({ inputs: [, amounts] }) => {
  const [rows = 0, columns] = amounts?.shape ?? [];
  return (rows === 3 || rows === 4) && columns === 2 ? undefined : `pads 3 or 4 dimensions, not ${rows}`;
};

export const prelu: GpuRule = ({ inputs: [input, alpha] }, { isRuntime }) => {
  if (!input || !alpha || isRuntime(alpha)) return 'takes `alpha` as a constant only';
  const channels = input.shape.at(-1);
  const { shape } = alpha;
  if (shape.slice(0, -1).every((dim) => dim === 1)) {
    return shape.at(-1) === channels ? undefined : 'takes `alpha` for each channel, or for each element';
  }
  const same = shape.length >= 3 && shape.slice(-3).join() === input.shape.slice(-3).join();
  return same ? undefined : 'takes `alpha` for each channel, or for each element';
};

export const select: GpuRule = ({ inputs: [condition, ...values], outputs: [output] }, { isRuntime }) => {
  if (!condition || values.length !== 2 || !output) return 'takes a condition and two values';
  for (const value of values) {
    if (!value) return 'takes a condition and two values';
    const scalar = value.shape.length === 0 || (value.shape.length === 1 && value.shape[0] === 1);
    if (!scalar && value.shape.join() !== output.shape.join())
      return 'takes values of the shape of the result, or scalars';
    if (isRuntime(value) && value.shape.length === 2) return 'takes computed values of other than 2 dimensions';
  }
  const offset = output.shape.length - condition.shape.length;
  const fits = condition.shape.every((dim, i) => dim === 1 || dim === output.shape[offset + i]);
  return offset >= 0 && fits ? undefined : 'takes a condition that can be broadcast to the result';
};

export const slice: GpuRule = (op, context) =>
  ranks(3, 4)(op, context) ?? constantIntegers(1, 2)(op, context) ?? operands(1)(op, context);

export const stridedSlice: GpuRule = (op, context) => {
  const reason = ranks(3, 4)(op, context) ?? constantIntegers(1, 2, 3)(op, context);
  if (reason) return reason;
  for (const mask of ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask']) {
    if (numberOption(op, mask) !== 0) return `takes no \`${mask}\``;
  }
  const steps = integers(op.inputs[3]) ?? [];
  return steps.every((step) => step > 0) ? undefined : 'takes positive strides only';
};

export const transpose: GpuRule = (op, context) => constantIntegers(1)(op, context) ?? ranks(2, 3, 4)(op, context);

export const gather: GpuRule = (op, context) => {
  const [, indices] = op.inputs;
  if (indices?.shape.length !== 1 || indices.type !== 'int32') return 'takes int32 indices of one dimension';
  return operands([1, 2])(op, context);
};

export const oneHot: GpuRule = (op, { isRuntime }) => {
  const [indices, , on, off] = op.inputs;
  if (indices?.type !== 'int32') return 'takes int32 indices';
  if (numberOption(op, 'axis') !== -1) return 'takes the last axis only';
  if ([on, off].some((value) => !value || isRuntime(value) || value.type !== 'float32' || elements(value) > 1)) {
    return 'takes float32 constants as values';
  }
  const single = indices.shape.slice(0, -1).every((dim, i) => dim === 1 || (i === 0 && indices.shape.length > 3));
  return single ? undefined : 'takes indices of one dimension and a batch';
};

export const cumsum: GpuRule = (op, context) =>
  isFloat(op.inputs[0]) ? constantIntegers(1)(op, context) : 'takes floats only';

export const lstm: GpuRule = ({ inputs, outputs, options }) => {
  if (options['kernel_type'] === 'BASIC') {
    if (inputs.length !== 5 || outputs.length !== 4) return 'takes 5 operands and gives 4 results';
    if (options['fused_activation_function'] !== 'TANH') return 'takes TANH as activation only';
    return options['cell_clip'] || options['proj_clip'] ? 'clips nothing' : undefined;
  }
  if (inputs.length !== 20 && inputs.length !== 24) return `takes 20 or 24 operands, not ${inputs.length}`;
  return outputs.length === 1 ? undefined : 'gives one result';
};

export const resize: GpuRule = (op, context) =>
  op.name === 'RESIZE_BILINEAR' && op.options['align_corners'] === true && op.options['half_pixel_centers'] === true
    ? 'takes `align_corners` or `half_pixel_centers`, not both'
    : (operands(1)(op, context) ?? ranks(4)(op, context));

export const blocks: GpuRule = (op, context) =>
  numberOption(op, 'block_size') > 1 ? operands(1)(op, context) : 'takes blocks of more than one element';

export const dequantize: GpuRule = ({ inputs: [input] }) =>
  input?.type === 'int16' || input?.type === 'float16' || input?.type === 'int4'
    ? `takes int8 and uint8, not ${input.type}`
    : undefined;
