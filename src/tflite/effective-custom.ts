import { Custom } from './ops/custom.js';

/** A custom op that is more than its results: it has state, is random, or is there for what it does. */
export const EffectiveCustom: typeof Custom = { ...Custom, sideEffects: true };
