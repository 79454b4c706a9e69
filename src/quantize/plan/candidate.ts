import type { Op } from '#ir/graph.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import type { Treatment } from '../recipe.js';
import { hasOneScale, isAnchor, type Roles } from './op-roles.js';

/** An op that can be quantized as it is to be. */
export interface Candidate {
  readonly op: Op;
  readonly definition: TflOpDefinition;
  readonly dtype: 'int8' | 'int16';
  readonly treatment: Treatment;
  readonly roles: Roles;
  /** Its kernel for int32 computes it, between conversions from and to int8. */
  readonly in32: boolean;
}

/** Whether it stays float32 where that is better. */
export function mayStayFloat({ treatment, definition }: Candidate): boolean {
  return treatment.scheme !== 'int8-only' && !isAnchor(definition);
}

/** Whether it only moves elements, or chooses among them. */
export function isMover({ definition, dtype }: Candidate): boolean {
  return hasOneScale(definition, dtype);
}
