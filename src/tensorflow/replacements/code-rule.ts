import { InferenceError, Value } from '#ir/graph.js';
import type { CodeRule } from './define-replacement.js';
import { parsePattern, RuleError } from './parse-rule.js';
import type { Rule } from './rule.js';

/** A rule from what a module exports. Throws a RuleError where that is none. */
export function ruleFromCode(exported: unknown): Rule {
  const given = exported as Partial<CodeRule> | null | undefined;
  if (typeof given?.name !== 'string' || typeof given.replace !== 'function' || typeof given.tolerance !== 'number') {
    throw new RuleError('replacement', undefined, 'a rule has a name, a pattern, a tolerance and a function `replace`');
  }
  const { name, summary = '', pattern = {}, where = {}, samples = {}, tolerance } = given;
  const replace = given.replace.bind(given);
  return {
    name,
    summary,
    tolerance,
    pattern: parsePattern(pattern),
    where: new Map(Object.entries(where)),
    samples: new Map(Object.entries(samples)),
    build({ values, attributes }, builder) {
      const result = callUserCode(() =>
        replace({ values: Object.fromEntries(values), attributes: Object.fromEntries(attributes) }, builder),
      );
      const results = result instanceof Value ? [result] : result;
      if (!Array.isArray(results) || !results.every((each) => each instanceof Value)) {
        throw new InferenceError('`replace` gives something other than values');
      }
      return results;
    },
  };
}

/** What the user's function throws is a finding about the rule, not a defect of this tool. */
function callUserCode<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw new InferenceError(`\`replace\` throws: ${error instanceof Error ? error.message : String(error)}`);
  }
}
