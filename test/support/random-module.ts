/** Numbers in [0, 1) that are the same for the same seed (Mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Known {
  readonly name: string;
  /** `undefined` for the free batch. */
  readonly shape: readonly (number | undefined)[];
}

const UNARY = ['relu', 'relu6', 'neg', 'logistic', 'tanh', 'abs', 'square', 'hard_swish'];
const BINARY = ['add', 'sub', 'mul', 'maximum', 'minimum'];

/** Writes modules of TFLite ops at random: whatever passes look for, in all kinds of company. */
export class RandomModule {
  readonly #random: () => number;
  readonly #lines: string[] = [];
  readonly #values: Known[] = [];
  #count = 0;

  constructor(seed: number) {
    this.#random = generator(seed);
  }

  text(ops: number): string {
    const inputs = this.#pick([
      ['?', 4, 6, 3],
      ['?', 6],
      ['?', 5, 4],
      [2, 3, 4],
    ] as const);
    this.#values.push({ name: '%x', shape: inputs.map((dim) => (dim === '?' ? undefined : dim)) });
    for (let i = 0; i < ops; i++) this.#step();
    const outputs = this.#values.slice(-2);
    const names = outputs.map((_, i) => `"y${i}"`).join(', ');
    const returned = outputs.map(({ name }) => name).join(', ');
    return `signature "f" (%x: tensor<${inputs.join('x')}xf32>) -> (${names}) {\n${this.#lines.join('\n')}\nreturn ${returned} }`;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  #op(call: string, shape: Known['shape']): Known {
    const known = { name: `%v${this.#count++}`, shape };
    this.#lines.push(`${known.name} = tfl.${call}`);
    this.#values.push(known);
    return known;
  }

  #constant(shape: readonly number[], dtype = 'f32', values?: readonly number[]): string {
    const name = `%c${this.#count++}`;
    const size = shape.reduce((all, dim) => all * dim, 1);
    const content = values ?? Array.from({ length: size }, () => this.#pick([0, 1, -1, 0.5, 2, 3, 6, this.#random()]));
    this.#lines.push(`${name} = const [${content.join(', ')}] : tensor<${[...shape, dtype].join('x')}>`);
    return name;
  }

  /** Mostly a recent value: chains are what passes work on. */
  #value(): Known {
    const recent = this.#random() < 0.75 ? this.#values.slice(-1) : this.#values;
    return this.#pick(recent);
  }

  #step(): void {
    const x = this.#value();
    const { name, shape } = x;
    const last = shape.at(-1);
    const fused = this.#random() < 0.15 ? ' {fused_activation_function = "RELU"}' : '';
    const kind = this.#random();
    if (kind < 0.2) this.#op(`${this.#pick(UNARY)}(${name})`, shape);
    else if (kind < 0.45) this.#binary(x, fused);
    else if (kind < 0.55) this.#transpose(x);
    else if (kind < 0.7) this.#reshape(x);
    else if (kind < 0.78 && shape.length === 4) this.#convolution(x, fused);
    else if (kind < 0.9 && last !== undefined) {
      const units = this.#pick([1, 2, 4, 6]);
      const options = ` {keep_num_dims = true${fused ? ', fused_activation_function = "RELU"' : ''}}`;
      const weights = this.#constant([units, last]);
      const bias = this.#random() < 0.5 ? 'none' : this.#constant([units]);
      this.#op(`fully_connected(${name}, ${weights}, ${bias})${options}`, [...shape.slice(0, -1), units]);
    } else if (shape.length > 2) {
      const axes = this.#constant([1], 'i32', [shape.length - 1]);
      this.#op(`${this.#pick(['mean', 'sum', 'reduce_max'])}(${name}, ${axes})`, shape.slice(0, -1));
    }
  }

  #binary({ name, shape }: Known, fused: string): void {
    const op = this.#pick(BINARY);
    const options = op.startsWith('m') && op !== 'mul' ? '' : fused;
    const alike = this.#values.filter((other) => other.shape.join() === shape.join());
    const known = shape.map((dim) => dim ?? 1);
    const other = this.#pick([
      () => this.#pick(alike).name,
      () => this.#constant([]),
      () => this.#constant([known.at(-1) as number]),
      () => this.#constant(known.map((dim, i) => (i === known.length - 1 || this.#random() < 0.3 ? dim : 1))),
    ])();
    const operands = this.#random() < 0.5 ? `${name}, ${other}` : `${other}, ${name}`;
    this.#op(`${op}(${operands})${options}`, shape);
  }

  #transpose({ name, shape }: Known): void {
    const order = [...shape.keys()].sort(() => this.#random() - 0.5);
    const permutation = this.#constant([order.length], 'i32', order);
    this.#op(
      `transpose(${name}, ${permutation})`,
      order.map((axis) => shape[axis]),
    );
  }

  /** Drops, adds, merges or splits dimensions. */
  #reshape({ name, shape }: Known): void {
    const target = [...shape];
    const at = Math.floor(this.#random() * target.length);
    const [a, b] = [target[at], target[at + 1]];
    if (this.#random() < 0.4 && a !== undefined && b !== undefined) target.splice(at, 2, a * b);
    else if (a === 1 && target.length > 1) target.splice(at, 1);
    else if (a !== undefined && a % 2 === 0 && target.length < 4) target.splice(at, 1, 2, a / 2);
    else if (target.length < 4) target.splice(at, 0, 1);
    const wanted = this.#constant(
      [target.length],
      'i32',
      target.map((dim) => dim ?? -1),
    );
    this.#op(`reshape(${name}, ${wanted})`, target);
  }

  #convolution({ name, shape }: Known, fused: string): void {
    const [batch, height, width, channels] = shape;
    if (height === undefined || width === undefined || channels === undefined) return;
    let input = name;
    let padding = 'SAME';
    if (this.#random() < 0.5) {
      const amounts = this.#constant([4, 2], 'i32', [0, 0, 1, 1, 1, 1, 0, 0]);
      input = this.#op(`pad(${name}, ${amounts})`, [batch, height + 2, width + 2, channels]).name;
      padding = 'VALID';
    }
    const activation = fused ? ', fused_activation_function = "RELU"' : '';
    const depthwise = this.#random() < 0.5;
    const units = depthwise ? channels : 2;
    const weights = this.#constant(depthwise ? [1, 3, 3, channels] : [units, 3, 3, channels]);
    const op = depthwise ? 'depthwise_conv_2d' : 'conv_2d';
    this.#op(`${op}(${input}, ${weights}) {padding = "${padding}"${activation}}`, [batch, height, width, units]);
  }
}
