import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AttributeValue } from '#ir/attribute.js';

/** An operand or result of a signature. */
export interface ArgumentSignature {
  readonly name: string;
  /** A dtype, or the attribute that holds it; of a list of types the attribute that holds them. */
  readonly type: string;
  /** The attribute that holds how often it repeats; absent where it does not, or each repetition has its own type. */
  readonly count?: string;
  readonly kind: 'one' | 'repeated' | 'types';
}

export interface AttributeSignature {
  /** In TensorFlow's spelling: `int`, `type`, `list(shape)`. */
  readonly type: string;
  readonly default?: AttributeValue;
}

/** What TensorFlow's registry says of an op. */
export interface OpSignature {
  readonly name: string;
  readonly operands: readonly ArgumentSignature[];
  readonly results: readonly ArgumentSignature[];
  readonly attributes: ReadonlyMap<string, AttributeSignature>;
  readonly stateful: boolean;
}

const FILE = 'op-signatures.txt';
let lines: ReadonlyMap<string, string> | undefined;

/** The lines by op. Read once, when the first op is asked for. */
function table(): ReadonlyMap<string, string> {
  if (!lines) {
    // Beside this module where it runs from its source or is bundled; the compiler leaves it with the source.
    const here = dirname(fileURLToPath(import.meta.url));
    const beside = join(here, FILE);
    const file = existsSync(beside) ? beside : join(here, '../../../src/tensorflow/flex', FILE);
    const rows = readFileSync(file, 'utf8').split('\n');
    lines = new Map(
      rows.filter((row) => row.startsWith('["')).map((row) => [row.slice(2, row.indexOf('"', 2)), row] as const),
    );
  }
  return lines;
}

type Row = readonly [
  name: string,
  operands: string | null,
  results: string | null,
  attributes: Readonly<Record<string, readonly [string, AttributeValue?]>>,
  marks: string,
];

/** The signature of an op of TensorFlow; undefined for those of other libraries. */
export function opSignature(name: string): OpSignature | undefined {
  const line = table().get(name);
  if (line === undefined) return undefined;
  const [, operands, results, attributes, marks] = JSON.parse(line) as Row;
  if (operands === null || results === null) return undefined;
  return {
    name,
    operands: parseArguments(operands),
    results: parseArguments(results),
    attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
    stateful: marks.includes('s'),
  };
}

/** Whether the official converter makes a Flex op of it. */
export function isFlexOp(name: string): boolean {
  return /f"\]$/.test(table().get(name) ?? '');
}

function attributeOf([type, value]: readonly [string, AttributeValue?]): AttributeSignature {
  if (value === undefined) return { type };
  return { type, default: type === 'float' ? Number(value) : value };
}

function parseArguments(text: string): ArgumentSignature[] {
  if (text === '') return [];
  return text.split(' ').map((argument) => {
    const [name = '', type = ''] = argument.split(':');
    const star = type.indexOf('*');
    if (star < 0) return { name, type, kind: 'one' };
    const element = type.slice(star + 1);
    return star === 0
      ? { name, type: element, kind: 'types' }
      : { name, type: element, count: type.slice(0, star), kind: 'repeated' };
  });
}
