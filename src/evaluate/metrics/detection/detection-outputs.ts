import { fail } from '#diagnostics/diagnostic.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { DetectionOutputs, MetricOptions } from '../../metric.js';

type Role = keyof DetectionOutputs;

const roles: readonly Role[] = ['boxes', 'classes', 'scores', 'count'];

/** What names of outputs hold: those of TensorFlow's detection models, and what people write. */
const hints: Readonly<Record<Role, RegExp>> = {
  boxes: /box/i,
  classes: /class|categor|label/i,
  scores: /score|confidence/i,
  count: /num|count/i,
};

/** The outputs of the op TFLite_Detection_PostProcess, where they have its name, are numbered in the order of `roles`. */
const NUMBERED = /^TFLite_Detection_PostProcess(?::([123]))?$/;

/**
 * Which outputs hold boxes, classes and scores, and how many of them count, as options or their names tell. Throws a
 * DiagnosticError (`invalid-option`) where neither does.
 */
export function detectionOutputs(
  metric: string,
  { detection = {} }: MetricOptions,
  signature: SignatureInfo,
): Record<Exclude<Role, 'count'>, TensorInfo> & { readonly count: TensorInfo | undefined } {
  const find = (role: Role): TensorInfo | undefined => {
    const wanted = detection[role];
    if (wanted !== undefined) return signature.outputs.find(({ name }) => name === wanted) ?? refuse(role, wanted);
    const numbered = signature.outputs.find(({ name }) => {
      const match = NUMBERED.exec(name);
      return match !== null && Number(match[1] ?? 0) === roles.indexOf(role);
    });
    if (numbered) return numbered;
    const [hinted, ...more] = signature.outputs.filter(({ name }) => hints[role].test(name) && isOnly(name, role));
    return more.length === 0 ? hinted : undefined;
  };
  const refuse = (role: Role, wanted?: string): never => {
    const names = signature.outputs.map(({ name }) => `'${name}'`).join(', ') || 'none';
    const missing = wanted === undefined ? `no output that is surely the ${role}` : `no output '${wanted}'`;
    return fail('invalid-option', {
      detail: `${metric} judges boxes, classes and scores; signature '${signature.key}' has ${missing}; there is ${names}.`,
      help: ['Say which outputs they are by the option `detection`: `{ boxes: …, classes: …, scores: …, count: … }`.'],
    });
  };
  return {
    boxes: find('boxes') ?? refuse('boxes'),
    classes: find('classes') ?? refuse('classes'),
    scores: find('scores') ?? refuse('scores'),
    count: find('count'),
  };
}

/** Not, for example, `detection_class_scores`, nor `raw_detection_boxes`, which are before suppression. */
function isOnly(name: string, role: Role): boolean {
  return !/raw|multiclass|anchor/i.test(name) && roles.every((other) => other === role || !hints[other].test(name));
}
