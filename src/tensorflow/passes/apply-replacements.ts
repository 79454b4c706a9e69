import { Const } from '#ir/constant.js';
import { Editor } from '#ir/editor.js';
import { InferenceError, type Op, type Region, type Value } from '#ir/graph.js';
import { Module } from '#ir/module.js';
import { formatType, type Type, tensorType } from '#ir/type.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { refineShape } from '#tensor/shape.js';
import { OpBuilder } from '../replacements/build.js';
import { matchRule, rootsOf } from '../replacements/match.js';
import type { AppliedReplacement, Match, Replacements, Rule } from '../replacements/rule.js';

/**
 * Writes ops as rules say. Every op is offered to the rules once, in the order of the rules; what a rule made is not
 * offered again. The types of the results have to be those of what they replace. What was done is added to `applied`.
 */
export function applyReplacements(rules: readonly Rule[], applied: AppliedReplacement[]) {
  return definePass({
    name: 'apply-replacements',
    summary: 'Writes ops with other ops, as the rules that the user names say.',
    run(module, context) {
      const byRoot = new Map<string, Rule[]>();
      for (const rule of rules) {
        for (const root of rootsOf(rule)) byRoot.set(`tf.${root}`, [...(byRoot.get(`tf.${root}`) ?? []), rule]);
      }
      const used = new Set<Rule>();
      for (const op of module.ops()) {
        for (const rule of byRoot.get(op.name) ?? []) {
          const match = matchRule(rule, op);
          if (typeof match === 'string') {
            context.explain(op, `${rule.name}: ${match}`);
            continue;
          }
          used.add(rule);
          const { location } = op;
          const sides = sidesOf(rule, match);
          if (replace(rule, match, context) && sides) applied.push({ rule, location, sides });
          break;
        }
      }
      for (const rule of rules.filter((each) => !used.has(each))) {
        context.collector.add('replacement-unused', { detail: `The rule ${rule.name} found nothing to replace.` });
      }
    },
  });
}

/** Rules as an option of conversions. */
export function replacementsBy(rules: readonly Rule[]): Replacements {
  const applied: AppliedReplacement[] = [];
  return { pass: applyReplacements(rules, applied), applied };
}

/** Replaces the root of a match; reports what keeps it from fitting there. */
function replace(rule: Rule, match: Match, { editor, collector }: PassContext): boolean {
  const { root } = match;
  const { region, previous } = root;
  if (!region) throw new Error(`${root.name} is not placed`);
  try {
    const values = rule.build(match, new OpBuilder(editor, { region, before: root }, root.location));
    const types = root.results.map((result, i) => fitted(result, values[i]));
    values.forEach((value, i) => {
      const type = types[i];
      if (type && value.producer && !match.ops.has(value.producer)) editor.setType(value, type);
    });
    editor.replace(root, values);
    return true;
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    for (let op = root.previous; op && op !== previous; op = root.previous) editor.erase(op);
    collector.add('replacement-unfit', {
      detail: `The rule ${rule.name} does not fit: ${error.message}.`,
      locations: [root.location],
      help: ['Add a condition under `where` that leaves such ops alone, or correct the replacement.'],
    });
    return false;
  }
}

/** The type that a result keeps: what is known of it on both sides. Throws an InferenceError where they contradict. */
function fitted({ type, index, isUsed }: Value, replacement: Value | undefined): Type | undefined {
  if (!replacement) {
    if (!isUsed) return undefined;
    throw new InferenceError(`it gives no result ${index}`);
  }
  const { type: own } = replacement;
  if (type.kind !== 'tensor' || own.kind !== 'tensor') return own;
  const shape = type.dtype === own.dtype ? refineShape(own.shape, type.shape) : undefined;
  if (shape === undefined) throw new InferenceError(`its result is ${formatType(own)} in place of ${formatType(type)}`);
  return tensorType(own.dtype, shape, own.quantization);
}

/**
 * Both sides of a rule for this match, apart from the model: inputs stand for the values that the pattern leaves open,
 * constants stay constants. Undefined where a side cannot be built, which the replacement itself will show.
 */
function sidesOf(rule: Rule, match: Match): Module | undefined {
  const module = new Module();
  const editor = new Editor();
  const pattern = module.addSignature('pattern').region;
  const clones = new Map<Value, Value>();
  const inputs: Value[] = [];
  const enter = (value: Value): Value => {
    const known = clones.get(value);
    if (known) return known;
    const { producer } = value;
    if (producer?.is(Const))
      clones.set(value, editor.constant({ region: pattern }, producer.attributes.value, producer.location));
    else if (producer && match.ops.has(producer)) cloneOp(producer, pattern, editor, enter, clones);
    else {
      inputs.push(value);
      clones.set(value, pattern.addArg(value.type));
    }
    return clones.get(value) as Value;
  };
  pattern.setOutputs(match.root.results.map(enter));
  const replacement = module.addSignature('replacement').region;
  const values = new Map<string, Value>();
  const args = inputs.map((value) => replacement.addArg(value.type));
  for (const [name, value] of match.values) {
    const at = inputs.indexOf(value);
    const constant = value.producer?.is(Const) ? value.producer : undefined;
    if (at >= 0) values.set(name, args[at] as Value);
    else if (constant)
      values.set(name, editor.constant({ region: replacement }, constant.attributes.value, constant.location));
  }
  try {
    const builder = new OpBuilder(editor, { region: replacement }, match.root.location);
    replacement.setOutputs([...rule.build({ ...match, values }, builder)]);
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    return undefined;
  }
  for (const signature of module.signatures) {
    signature.inputNames.push(...inputs.map((value, i) => nameOf(match, value) ?? `input${i}`));
    signature.outputNames.push(...signature.region.outputs.map((_, i) => `output${i}`));
  }
  return module;
}

function cloneOp(
  op: Op,
  region: Region,
  editor: Editor,
  enter: (value: Value) => Value,
  clones: Map<Value, Value>,
): void {
  const operands = op.operands.map((operand) => operand && enter(operand));
  const types = op.results.map(({ type }) => type);
  const clone = editor.create({ region }, op.definition, operands, op.attributes, op.location, { types });
  op.results.forEach((result, i) => {
    clones.set(result, clone.result(i));
  });
}

function nameOf({ values }: Match, value: Value): string | undefined {
  for (const [name, each] of values) if (each === value) return name;
  return undefined;
}
