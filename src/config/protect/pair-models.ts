import type { ModelEntry, VariantConfig } from '../config.js';
import { type ExpandedConfig, entryFor, type ModelConfig } from '../expand-config.js';

export interface ModelPair {
  /** What the base says about the model; undefined where it says nothing. */
  readonly base: ModelEntry | undefined;
  /** Undefined where the head no longer has the model. */
  readonly head: ModelConfig | undefined;
  /** Whether the base had the model itself, and not only an entry that is about it. */
  readonly existed: boolean;
  /** What reports call it; unique. */
  readonly name: string;
}

/**
 * Which model of the head is which of the base: the one in the same folder, else of the same name, letter case aside.
 * One that is new falls under the base's entry for its folder, if there is one: neither a move nor another name takes a
 * model out of its limits. Those of the head come first, in its order.
 */
export function pairModels(base: ExpandedConfig, head: ExpandedConfig): ModelPair[] {
  const left = new Set(base.models);
  const partners = new Map<ModelConfig, ModelConfig>();
  for (const key of [({ path }: ModelConfig) => path, ({ name }: ModelConfig) => name.toLowerCase()]) {
    const byKey = new Map([...left].map((model) => [key(model), model]));
    for (const model of head.models) {
      const partner = byKey.get(key(model));
      if (!partner || partners.has(model)) continue;
      partners.set(model, partner);
      left.delete(partner);
    }
  }
  const names = new Set(head.models.map(({ name }) => name.toLowerCase()));
  return [
    ...head.models.map((model): ModelPair => {
      const partner = partners.get(model);
      return {
        base: partner ?? entryFor(model.path, base.entries),
        head: model,
        existed: partner !== undefined,
        name: model.name,
      };
    }),
    ...[...left].map(
      (model): ModelPair => ({ base: model, head: undefined, existed: true, name: unused(model.name, names) }),
    ),
  ];
}

/** So that what is checked of a model that is gone does not pass for another, which has got its name. */
function unused(name: string, taken: Set<string>): string {
  let own = name;
  for (let i = 2; taken.has(own.toLowerCase()); i++) own = `${name}-${i}`;
  taken.add(own.toLowerCase());
  return own;
}

export interface VariantPair {
  readonly base: VariantConfig | undefined;
  readonly head: VariantConfig | undefined;
  readonly name: string;
}

/** Variants are the same by their names, letter case aside. Those of the head come first, in its order. */
export function pairVariants(base: ModelEntry, head: ModelEntry): VariantPair[] {
  const byName = new Map(base.variants.map((variant) => [variant.name.toLowerCase(), variant]));
  const pairs = head.variants.map((variant): VariantPair => {
    const key = variant.name.toLowerCase();
    const partner = byName.get(key);
    byName.delete(key);
    return { base: partner, head: variant, name: variant.name };
  });
  return [...pairs, ...[...byName.values()].map((variant) => ({ base: variant, head: undefined, name: variant.name }))];
}
