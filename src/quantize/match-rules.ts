import type { Op, Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { isTflOp } from '#tflite/define-op.js';
import type { Match, Recipe, Treatment } from './recipe.js';

/** What of an op rules look at. */
export interface Subject {
  readonly op: string;
  /** Names of layers and paths of nodes, of all that was merged into the op. */
  readonly layers: readonly string[];
  /** Names of its results. */
  readonly tensors: readonly string[];
}

/** How a recipe treats ops: by the last rule that matches, else as it says for all. */
export class RuleMatcher {
  readonly #recipe: Recipe;
  readonly #rules: readonly { readonly matches: (subject: Subject) => boolean; readonly treatment: Treatment }[];
  readonly #fallback: Treatment;

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
    this.#fallback = complete(recipe, {});
    this.#rules = recipe.rules.map((rule) => ({ matches: matcherOf(rule.match), treatment: complete(recipe, rule) }));
  }

  get recipe(): Recipe {
    return this.#recipe;
  }

  /** The schemes that some op may get. */
  get treatments(): readonly Treatment[] {
    return [this.#fallback, ...this.#rules.map((rule) => rule.treatment)];
  }

  treatmentOf(subject: Subject): Treatment {
    return this.#rules.findLast((rule) => rule.matches(subject))?.treatment ?? this.#fallback;
  }
}

type Stated = Partial<Pick<Recipe, 'granularity' | 'weights' | 'activations'>> & {
  readonly scheme?: Treatment['scheme'];
};

function complete(recipe: Recipe, stated: Stated): Treatment {
  const scheme = stated.scheme ?? recipe.default;
  const weights = { ...recipe.weights, ...stated.weights };
  const bits = weights.bits ?? (scheme === 'int4' ? 4 : 8);
  return {
    scheme,
    granularity: stated.granularity ?? recipe.granularity ?? 'per-channel',
    weights: { algorithm: weights.algorithm ?? (bits === 4 ? 'mse' : 'min-max'), bits },
    activations: { ...recipe.activations, ...stated.activations },
  };
}

function matcherOf({ op, layer, tensor }: Match): (subject: Subject) => boolean {
  const isOp = op === undefined ? undefined : globOf(op, 'i');
  const isLayer = layer === undefined ? undefined : globOf(layer);
  const isTensor = tensor === undefined ? undefined : globOf(tensor);
  return (subject) =>
    (isOp?.test(subject.op) ?? true) &&
    (!isLayer || subject.layers.some((name) => isLayer.test(name))) &&
    (!isTensor || subject.tensors.some((name) => isTensor.test(name)));
}

/** `*` stands for any characters, `?` for one; the whole name has to match. */
export function globOf(pattern: string, flags = ''): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\*?]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`, `s${flags}`);
}

/** What rules see of an op; `names` are those of its results in the float model's file, with or without the signature. */
export function subjectOf(op: Op, names: ReadonlyMap<Value, string>): Subject {
  const { definition } = op;
  const tensors = op.results.flatMap((result) => {
    const key = names.get(result);
    return key === undefined ? [] : [key, key.slice(key.indexOf('/') + 1)];
  });
  return { op: isTflOp(definition) ? definition.builtin : definition.name, layers: layersOf(op.location), tensors };
}

function layersOf(location: Location): string[] {
  const own = [location.layer, location.node].filter((name) => name !== undefined);
  return [...own, ...(location.fused ?? []).flatMap(layersOf)];
}
