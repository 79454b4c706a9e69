import { targetNames } from '../choices.js';
import type { Target } from '../config.js';

export const targetExamples =
  '`litert`, `litert@2.16` (the runtime that has to be enough), `micro`, `gpu` or `edge-tpu`';

const PATTERN = /^([a-z-]+)(?:@(\d+\.\d+(?:\.\d+)?))?$/;

export function isTarget(text: string): boolean {
  return parse(text) !== undefined;
}

/** Throws a plain Error for what `isTarget` refuses. */
export function parseTarget(text: string): Target {
  const target = parse(text);
  if (!target) throw new Error(`${text} is not a target`);
  return target;
}

export function formatTarget({ name, version }: Target): string {
  return version === undefined ? name : `${name}@${version}`;
}

function parse(text: string): Target | undefined {
  const [, given, version] = PATTERN.exec(text) ?? [];
  const name = targetNames.find((each) => each === given);
  return name === undefined || (version !== undefined && name !== 'litert') ? undefined : { name, version };
}
