import type { Location } from '#ir/location.js';
import type { PassObserver } from './run-passes.js';

/** Why a pass left ops alone: one entry for each op, place and reason. */
export interface Explanation {
  readonly op: string;
  readonly location: Location;
  readonly reason: string;
  /** How often it was said: a pass may meet an op again. */
  count: number;
}

/** Collects into `explanations` what the pass of this name says about the ops that it leaves alone. */
export function explainObserver(passName: string, explanations: Explanation[]): PassObserver {
  const known = new Map<string, Explanation>();
  return {
    explained(pass, op, reason) {
      if (pass.name !== passName) return;
      const key = `${op.name}\n${op.location.function ?? ''}\n${op.location.node ?? ''}\n${reason}`;
      const met = known.get(key);
      if (met) {
        met.count++;
        return;
      }
      const explanation: Explanation = { op: op.name, location: op.location, reason, count: 1 };
      known.set(key, explanation);
      explanations.push(explanation);
    },
  };
}
