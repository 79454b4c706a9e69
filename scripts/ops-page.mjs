// The lines of docs/ops.md: TensorFlow ops, and the TFLite ops that they became when the op cases were converted.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeEngine } from '../build/engines/native.js';
import { Unsupported } from '../build/tensorflow/define-op.js';
import { LoweringBuilder } from '../build/tensorflow/lowering-builder.js';
import { tfOps } from '../build/tensorflow/ops/index.js';

const CASES = 'test/op-cases';

/** What each TensorFlow op is lowered to in any case, before passes fuse it with its neighbours; whether it was at all. */
function lowerings() {
  const made = new Map(tfOps.map(({ tfName }) => [tfName, new Set()]));
  const outcomes = new Map();
  const stack = [];
  for (const definition of tfOps) {
    const { lower, tfName } = definition;
    if (!lower) continue;
    definition.lower = (op, build) => {
      stack.push(tfName);
      const result = lower(op, build);
      stack.pop();
      outcomes.set(tfName, outcomes.get(tfName) || !(result instanceof Unsupported));
      return result;
    };
  }
  const { op: create } = LoweringBuilder.prototype;
  LoweringBuilder.prototype.op = function (definition, ...rest) {
    made.get(stack.at(-1))?.add(definition.builtin);
    return create.call(this, definition, ...rest);
  };
  for (const name of readdirSync(CASES).sort()) convert(join(CASES, name, 'saved_model'));
  LoweringBuilder.prototype.op = create;
  return { made, outcomes };
}

function convert(model) {
  if (!existsSync(model)) return;
  try {
    nativeEngine.convert(model, {});
  } catch {
    // Known gaps: they are in the table by what they became before.
  }
}

function target({ tfName }, { made, outcomes }, cases) {
  if (!cases.has(tfName)) return 'without a case: TensorFlow does not run it';
  if (outcomes.get(tfName) === false) return 'none: only where it can be computed at conversion time';
  const builtins = [...made.get(tfName)].sort();
  return builtins.length === 0 ? '' : builtins.map((name) => `\`${name}\``).join(', ');
}

export function opLines() {
  const known = lowerings();
  const cases = new Set(readdirSync(CASES).map((name) => name.replace(/__\d+$/, '')));
  const rows = [...tfOps]
    .sort((a, b) => (a.tfName < b.tfName ? -1 : 1))
    .map((op) => `| \`${op.tfName}\` | ${(op.summary ?? '').replaceAll('|', '\\|')} | ${target(op, known, cases)} |`);
  return [
    `These ${tfOps.length} ops of TensorFlow are known. The last column has the TFLite ops that each became by itself in`,
    'the cases made by TensorFlow (`test/op-cases`); passes fuse them with their neighbours. Where it is empty nothing is',
    'left of the op: it is computed at conversion time, passes its operand on, or is replaced together with others by a',
    'pass (tables, lists of tensors). A model that holds other ops is not converted: all of them are reported at once,',
    'each with its place and a remedy.',
    '',
    '| TensorFlow op | what it gives | TFLite ops |',
    '|---|---|---|',
    ...rows,
  ];
}
