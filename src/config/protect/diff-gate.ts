import type { ModelEntry, Target, VariantConfig } from '../config.js';
import type { ExpandedConfig, ModelConfig } from '../expand-config.js';
import { defaultConfig } from '../file/parse-config.js';
import { formatTarget } from '../file/parse-target.js';
import type { GateChange } from './gate-change.js';
import { ruleFor } from './looser.js';
import { type ModelPair, pairModels, pairVariants, type VariantPair } from './pair-models.js';
import {
  limitStatements,
  metricStatement,
  modelStatements,
  type Statements,
  settingStatements,
  statementText,
  variantStatements,
} from './statements.js';

interface Subject {
  readonly path: string;
  readonly model?: string;
  readonly variant?: string;
}

/**
 * All that the configuration of a pull request's head says otherwise than that of its base, settings first, then model
 * by model. Where the base has no configuration (undefined, or without a file) only what the head asks to be permitted
 * is a change. Nothing that bears on a verdict can differ without being listed.
 */
export function diffGate(base: ExpandedConfig | undefined, head: ExpandedConfig): GateChange[] {
  if (base?.file === undefined) return requests(head);
  return [
    ...diff(settingStatements(settingsOnly(base)), settingStatements(settingsOnly(head)), { path: '' }),
    ...pairModels(base, head).flatMap(diffModels),
  ];
}

/** The content of a file by which models are judged has changed, though its path may be the same. */
export function contentChange(
  path: string,
  model: string,
  from: string | undefined,
  to: string | undefined,
): GateChange {
  return { kind: 'data', path, model, variant: undefined, from, to, loosened: true };
}

/** What a head asks to be permitted, where no base can permit it. */
function requests(head: ExpandedConfig): GateChange[] {
  const settings = diff(settingStatements(defaultConfig()), settingStatements(settingsOnly(head)), { path: '' });
  return [...settings.filter(({ kind }) => kind === 'permission'), ...head.models.flatMap(modelRequests)];
}

/** What a model that no base knows needs to be permitted. */
function modelRequests({ name, verify, variants }: ModelConfig): GateChange[] {
  const subject: Subject = { path: `models.${name}`, model: name };
  return [
    ...diff(new Map([['verify', 'none']]), new Map([['verify', verify]]), subject),
    ...variants.flatMap((variant) =>
      diff(new Map([['engine', 'native']]), new Map([['engine', variant.engine]]), inVariant(subject, variant.name)),
    ),
  ];
}

function inVariant(model: Subject, name: string): Subject {
  return { ...model, path: `${model.path}.variants.${name}`, variant: name };
}

function settingsOnly<T extends object>(config: T): Omit<T, 'entries' | 'unmatched'> {
  const { entries: _, unmatched: __, ...settings } = config as T & { entries?: unknown; unmatched?: unknown };
  return settings;
}

function diffModels({ base, head, existed, name }: ModelPair): GateChange[] {
  const subject: Subject = { path: `models.${name}`, model: name };
  if (!head) return [check(subject, base?.path, undefined)];
  const added = existed ? [] : [check(subject, undefined, head.path)];
  if (!base) return [...added, ...modelRequests(head)];
  const renamed = existed ? diffName(base, head, subject) : [];
  // An entry's path is a glob, and says nothing about a model that moved.
  const from = modelStatements(existed ? base : { ...base, path: head.path });
  return [
    ...added,
    ...renamed,
    ...diff(from, modelStatements(head), subject),
    ...diffMetrics(base, head, subject),
    ...pairVariants(base, head).flatMap((pair) => diffVariants(pair, base, subject)),
  ];
}

function diffName(base: Named, head: Named, subject: Subject): GateChange[] {
  if (base.name === head.name) return [];
  return [change({ ...subject, path: `${subject.path}.name` }, 'definition', base.name, head.name)];
}

type Named = Pick<ModelEntry, 'name'>;

function diffMetrics(base: ModelEntry, head: ModelEntry, subject: Subject): GateChange[] {
  const names = new Set([...base.evaluate.metrics, ...head.evaluate.metrics].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [from, to] = [base, head].map(({ evaluate }) => metricStatement(evaluate, name));
    return from === to ? [] : [check({ ...subject, path: `${subject.path}.evaluate.metrics.${name}` }, from, to)];
  });
}

function diffVariants({ base, head, name }: VariantPair, model: ModelEntry, of: Subject): GateChange[] {
  const subject = inVariant(of, name);
  if (!head) return [check(subject, base && summary(base), undefined)];
  if (base) {
    return [
      ...diffName(base, head, subject),
      ...diff(variantStatements(base), variantStatements(head), subject),
      ...diffTargets(base, head, subject),
    ];
  }
  // A new variant is under what the base says for all of the model.
  const permissions = ({ engine, selectTfOps, allowCustomOps }: Permissions) =>
    new Map<string, unknown>([
      ['engine', engine],
      ['select-tf-ops', selectTfOps],
      ['allow-custom-ops', allowCustomOps],
    ]);
  const usual: Permissions = { engine: 'native', selectTfOps: false, allowCustomOps: [] };
  return [
    check(subject, undefined, summary(head)),
    ...diff(permissions(usual), permissions(head), subject),
    ...diff(limitStatements(model.limits), limitStatements(head.limits), subject),
    ...diffTargets(model, head, subject),
  ];
}

type Permissions = Pick<VariantConfig, 'engine' | 'selectTfOps' | 'allowCustomOps'>;

interface WithTargets {
  readonly targets: readonly Target[];
}

function diffTargets(base: WithTargets, head: WithTargets, subject: Subject): GateChange[] {
  const names = new Set([...base.targets, ...head.targets].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const texts = [base, head].map(({ targets }) =>
      targets
        .filter((each) => each.name === name)
        .map(formatTarget)
        .join(', '),
    );
    const [from, to] = texts.map((text) => (text === '' ? undefined : text));
    return from === to ? [] : [check({ ...subject, path: `${subject.path}.targets.${name}` }, from, to)];
  });
}

function diff(from: Statements, to: Statements, { path, model, variant }: Subject): GateChange[] {
  const keys = new Set([...from.keys(), ...to.keys()]);
  return [...keys].flatMap((key): GateChange[] => {
    const [before, after] = [from.get(key), to.get(key)];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const full = path === '' ? key : `${path}.${key}`;
    const { kind, looser } = ruleFor(full);
    return [
      {
        kind,
        path: full,
        model,
        variant,
        from: statementText(full, before),
        to: statementText(full, after),
        loosened: looser(before, after),
      },
    ];
  });
}

/** Something that is checked: one more is no loss, anything else may be. */
function check(subject: Subject, from: string | undefined, to: string | undefined): GateChange {
  return { ...change(subject, 'check', from, to), loosened: from !== undefined };
}

function change(
  { path, model, variant }: Subject,
  kind: GateChange['kind'],
  from: string | undefined,
  to: string | undefined,
): GateChange {
  return { kind, path, model, variant, from, to, loosened: false };
}

function summary({ quantize, recipe }: VariantConfig): string {
  return quantize ?? recipe ?? 'float32';
}
