import { InferenceError } from '#ir/graph.js';
import type { Dim, Shape } from '#tensor/shape.js';

/** The labels of the axes of each operand and of the result; an axis under an ellipsis is `.0` for the last, `.1` … */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** An axis that an ellipsis stands for: it broadcasts. */
export function isBroadcast(label: string): boolean {
  return label.startsWith('.');
}

/**
 * Reads TensorFlow's equations (`ab,bc->ac`, `...ij,jk->...ik`). `ranks` are those of the operands; undefined where an
 * ellipsis stands for an unknown number of axes. Throws an InferenceError where equation and operands do not fit.
 */
export function parseEquation(text: string, ranks: readonly (number | undefined)[]): Equation | undefined {
  const [left, output, ...more] = text.replaceAll(' ', '').split('->');
  const terms = left?.split(',') ?? [];
  if (output === undefined || more.length > 0) throw new InferenceError(`the equation "${text}" has no single "->"`);
  if (terms.length !== ranks.length) {
    throw new InferenceError(`the equation "${text}" is for ${terms.length} operands, not ${ranks.length}`);
  }
  for (const term of [...terms, output]) {
    if (!/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))
      throw new InferenceError(`the equation "${text}" has the term "${term}"`);
  }
  const inputs = terms.map((term, i) => expand(term, ranks[i]));
  if (!inputs.every((labels) => labels !== undefined)) return undefined;
  const widest = Math.max(...inputs.map((labels) => labels.filter(isBroadcast).length));
  const labels = expand(output, output.replace('...', '').length + (output.includes('...') ? widest : 0));
  const known = new Set(inputs.flat());
  const missing = labels?.find((label) => !known.has(label));
  if (!labels || missing !== undefined)
    throw new InferenceError(`the equation "${text}" gives "${missing}" from nowhere`);
  return { inputs, output: labels };
}

function expand(term: string, rank: number | undefined): string[] | undefined {
  const [before = '', after] = term.split('...');
  if (after === undefined) {
    if (rank !== undefined && rank !== before.length) {
      throw new InferenceError(`an operand of ${rank} dimensions does not fit its labels "${term}"`);
    }
    return [...before];
  }
  if (rank === undefined) return undefined;
  const hidden = rank - before.length - after.length;
  if (hidden < 0) throw new InferenceError(`an operand of ${rank} dimensions does not fit its labels "${term}"`);
  return [...before, ...Array.from({ length: hidden }, (_, i) => `.${hidden - 1 - i}`), ...after];
}

/** The size of each label. Throws an InferenceError where operands contradict each other. */
export function labelSizes(equation: Equation, shapes: readonly Shape[]): Map<string, Dim> {
  const sizes = new Map<string, Dim>();
  equation.inputs.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const size = shapes[operand]?.[axis] ?? null;
      const before = sizes.get(label);
      sizes.set(label, before === undefined ? size : joined(label, before, size));
    });
  });
  return sizes;
}

function joined(label: string, a: Dim, b: Dim): Dim {
  if (a === b) return a;
  if (isBroadcast(label)) {
    if (a === 1) return b;
    if (b === 1) return a;
  }
  if (a === null) return b;
  if (b === null) return a;
  throw new InferenceError(
    `${isBroadcast(label) ? 'an axis of the ellipsis' : `label "${label}"`} is ${a} in one operand and ${b} in another`,
  );
}
