import { parseRule } from './parse-rule.js';
import { readyTexts } from './ready-texts.js';
import type { Rule } from './rule.js';

/** The ready rule of this name; undefined where there is none. */
export function readyRule(name: string): Rule | undefined {
  const text = readyTexts.find((each) => each.name === name);
  return text && { ...parseRule(text), ready: true };
}
