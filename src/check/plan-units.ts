import type { VariantConfig } from '#config/config.js';
import type { GatedModel } from '#config/protect/gate-of.js';

/** One variant of one model: what shards and workers share out. */
export interface Unit {
  readonly model: GatedModel;
  readonly variant: VariantConfig;
  /** Of the SavedModel. */
  readonly bytes: number;
  /** Estimated, in no particular unit. */
  readonly cost: number;
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** What making and running a variant costs, against converting its SavedModel. */
const COSTS: Readonly<Record<string, number>> = { float32: 1, float16: 1.2, dynamic: 1.5, 'weight-only': 1.5, int4: 2 };
const CALIBRATED = 8;
/** Of a model without weights. */
const FIXED = 1e6;

/** All units of a run, in the order of the configuration. `bytes` are those of the SavedModels, by path. */
export function planUnits(models: readonly GatedModel[], bytes: ReadonlyMap<string, number>): Unit[] {
  return models.flatMap((model) =>
    model.variants.map((variant) => {
      const size = bytes.get(model.path) ?? 0;
      const factor = COSTS[variant.quantize ?? 'float32'] ?? CALIBRATED;
      return { model, variant, bytes: size, cost: Math.round((FIXED + size) * factor) };
    }),
  );
}

/**
 * The units of each of `count` shards, all about as costly: the costliest first, each to the shard that has the least to
 * do. Every shard reckons the same.
 */
export function balance(units: readonly Unit[], count: number): Unit[][] {
  const shards = Array.from({ length: count }, () => ({ cost: 0, places: [] as number[] }));
  const order = [...units.keys()].sort((a, b) => (units[b] as Unit).cost - (units[a] as Unit).cost || a - b);
  for (const place of order) {
    const least = shards.reduce((best, shard) => (shard.cost < best.cost ? shard : best));
    least.cost += (units[place] as Unit).cost;
    least.places.push(place);
  }
  return shards.map(({ places }) => places.sort((a, b) => a - b).map((place) => units[place] as Unit));
}
