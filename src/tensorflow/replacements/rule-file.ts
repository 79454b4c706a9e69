import {
  called,
  type DocumentKind,
  flag,
  listOf,
  mapping,
  named,
  nodeAt,
  number,
  oneOf,
  parseYaml,
  type Read,
  readText,
  text,
  texts,
} from '#diagnostics/yaml-file.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { parseRule, RuleError, type RuleText } from './parse-rule.js';
import type { Condition, Rule } from './rule.js';

const kind: DocumentKind = { code: 'invalid-option', noun: 'file of replacement rules' };

const dtype = oneOf(Object.keys(dtypes) as DType[]);

/** One type or a list of them. */
const dtypeList: Read<readonly DType[]> = (node, path, reader) => {
  const several = node && 'items' in node;
  return several ? listOf(dtype)(node, path, reader) : [dtype(node, path, reader)];
};

const sizes: Read<readonly (number | null)[]> = listOf((node, path, reader) => {
  const open = node && 'value' in node && (node.value === null || node.value === '?');
  return open ? null : number(0, Number.MAX_SAFE_INTEGER)(node, path, reader);
});

const condition = mapping({ dtype: dtypeList, rank: number(0, 16), shape: sizes, constant: flag }) as Read<Condition>;

const range: Read<readonly [number, number]> = (node, path, reader) => {
  const [least, most, ...rest] = listOf(number(-Infinity, Infinity))(node, path, reader);
  if (least === undefined || most === undefined || rest.length > 0 || most < least) {
    return reader.fail(node, `${called(path, reader)} must be two numbers, the smaller one first`);
  }
  return [least, most];
};

const fields = mapping(
  {
    name: text,
    summary: text,
    pattern: texts,
    replacement: texts,
    where: named(condition),
    samples: named(range),
    tolerance: number(0, Infinity),
  },
  ['name', 'pattern', 'replacement', 'tolerance'],
) as Read<Omit<RuleText, 'summary'> & Partial<Pick<RuleText, 'summary'>>>;

const rule: Read<Rule> = (node, path, reader) => {
  const record = fields(node, path, reader);
  try {
    return parseRule({ summary: '', ...record });
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const part = nodeAt(node, error.part);
    return reader.fail(
      error.key === undefined ? part : nodeAt(part, error.key),
      `in \`${error.part}\` of ${record.name}: ${error.message}`,
    );
  }
};

const rules: Read<readonly Rule[]> = (node, path, reader) => {
  const list = nodeAt(node, 'rules');
  return list === node
    ? [rule(node, path, reader)]
    : (mapping({ rules: listOf(rule) })(node, path, reader) as Wrapped).rules;
};

interface Wrapped {
  readonly rules: readonly Rule[];
}

/**
 * The rules that a YAML text describes: one, or a list under `rules`. `file` is for messages. Throws a DiagnosticError,
 * `invalid-option`, that names the line.
 */
export function parseRules(source: string, file: string): readonly Rule[] {
  return parseYaml(source, file, kind, rules);
}

/** Reads a file of rules. Throws a DiagnosticError where it cannot be read, or holds none. */
export function readRules(path: string): readonly Rule[] {
  return parseRules(readText(path), path);
}
