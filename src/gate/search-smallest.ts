import type { Recipe } from '#quantize/recipe.js';
import { raised, type Step, stepsFrom } from './candidate-recipes.js';

/** A layer of a quantized model. */
export interface LayerDamage {
  /** The tensor it gives, as rules of recipes name it. */
  readonly tensor: string;
  /** Error to signal power that it adds. */
  readonly damage: number;
  /** Of its weights, where they are integers; the fewest where there are several. */
  readonly weightBits: 4 | 8 | undefined;
}

/** A model that was made by a recipe. */
export interface Candidate {
  readonly bytes: number;
  /** Runs it on the data. */
  measure(): Promise<{ readonly value: number; readonly drop: number } | Refusal>;
  /** What each of its layers costs. */
  layers(): Promise<readonly LayerDamage[]>;
}

/** Why a recipe's model cannot be made or run. */
export interface Refusal {
  readonly refused: string;
}

/** What was tried, and what came of it. */
export interface Trial {
  readonly recipe: Recipe;
  readonly bytes: number | undefined;
  /** The metric's value and what it lost to the float model; undefined where the model was not run. */
  readonly value: number | undefined;
  readonly drop: number | undefined;
  /** `larger`: it was not run, as a smaller model holds the budget already. */
  readonly outcome: 'holds' | 'fails' | 'larger' | 'refused';
  readonly reason?: string;
}

export interface SearchOptions {
  readonly maxDrop: number;
  /** At most so many models are made. */
  readonly maxTrials: number;
  readonly make: (recipe: Recipe) => Promise<Candidate | Refusal>;
  readonly onTrial?: (trial: Trial) => void;
}

export interface SearchResult {
  /** The smallest that holds the budget; undefined where none does. */
  readonly best: Trial | undefined;
  /** In the order in which they were tried. */
  readonly trials: readonly Trial[];
}

/**
 * The smallest model that loses no more than the budget. First the recipes as they are, run from the smallest file up
 * until one holds; then each smaller one that failed, with its most damaged layers computed more exactly: 1, 2, 4 …
 * until it holds or is no longer smaller, then as few of these as hold, then with others in place of the last that make
 * a smaller file. What runs depends on nothing but sizes, losses and damages, so the same models give the same search.
 */
export async function searchSmallest(recipes: readonly Recipe[], options: SearchOptions): Promise<SearchResult> {
  const search = new Search(options);
  const failed = await search.tryWhole(recipes);
  for (const { recipe, candidate } of failed) await search.raise(recipe, candidate);
  return { best: search.best, trials: search.trials };
}

interface Failed {
  readonly recipe: Recipe;
  readonly candidate: Candidate;
}

class Search {
  readonly trials: Trial[] = [];
  best: Trial | undefined;
  readonly #options: SearchOptions;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** Gives those that fail though they are smaller than the best, the smallest first. */
  async tryWhole(recipes: readonly Recipe[]): Promise<Failed[]> {
    const made: Failed[] = [];
    for (const recipe of recipes) {
      if (this.#exhausted(made.length)) break;
      const candidate = await this.#options.make(recipe);
      if ('refused' in candidate) this.#refuse(recipe, undefined, candidate);
      else made.push({ recipe, candidate });
    }
    made.sort((a, b) => a.candidate.bytes - b.candidate.bytes);
    const failed: Failed[] = [];
    for (const each of made) if ((await this.#judge(each.recipe, each.candidate)) === 'fails') failed.push(each);
    return failed;
  }

  /** Looks for a model between one that fails and the best. */
  async raise(recipe: Recipe, candidate: Candidate): Promise<void> {
    const steps = stepsFrom(recipe);
    if (steps.length === 0 || this.#exhausted()) return;
    const layers = (await candidate.layers()).filter(({ damage }) => damage > 0);
    for (const step of steps) {
      const tensors = layers
        .filter(({ weightBits }) => !step.weightBits || weightBits === step.weightBits)
        .map(({ tensor }) => tensor);
      await this.#raiseBy(recipe, step, [...new Set(tensors)]);
    }
  }

  async #raiseBy(recipe: Recipe, step: Step, tensors: readonly string[]): Promise<void> {
    const outcomeOf = (chosen: readonly string[]) => this.#try(raised(recipe, step, chosen));
    // The first `low` are too few; from `next` on, layers are tried one by one.
    let [low, next] = [0, 0];
    for (let count = 1; next === 0 && low < tensors.length; count *= 2) {
      const some = Math.min(count, tensors.length);
      const outcome = await outcomeOf(tensors.slice(0, some));
      if (outcome === undefined) return;
      if (outcome === 'fails') low = some;
      else if (outcome === 'holds') next = some;
      else break;
    }
    while (next - low > 1) {
      const middle = (low + next) >> 1;
      const outcome = await outcomeOf(tensors.slice(0, middle));
      if (outcome === undefined) return;
      if (outcome === 'holds') next = middle;
      else low = middle;
    }
    const chosen = tensors.slice(0, low);
    for (const tensor of tensors.slice(Math.max(low, next))) {
      const outcome = await outcomeOf([...chosen, tensor]);
      if (outcome === undefined) return;
      if (outcome === 'fails') chosen.push(tensor);
    }
  }

  /** Undefined where no more may be tried. */
  async #try(recipe: Recipe): Promise<Trial['outcome'] | undefined> {
    const known = this.trials.find(
      ({ recipe: { name, rules } }) => name === recipe.name && sameRules(rules, recipe.rules),
    );
    if (known) return known.outcome;
    if (this.#exhausted()) return undefined;
    const candidate = await this.#options.make(recipe);
    if ('refused' in candidate) return this.#refuse(recipe, undefined, candidate);
    return this.#judge(recipe, candidate);
  }

  async #judge(recipe: Recipe, candidate: Candidate): Promise<Trial['outcome']> {
    const { bytes } = candidate;
    if (this.best?.bytes !== undefined && bytes >= this.best.bytes) {
      return this.#add({ recipe, bytes, value: undefined, drop: undefined, outcome: 'larger' });
    }
    const measured = await candidate.measure();
    if ('refused' in measured) return this.#refuse(recipe, bytes, measured);
    // Not a number where the model gives such: it holds no budget.
    const outcome = measured.drop <= this.#options.maxDrop ? 'holds' : 'fails';
    return this.#add({ recipe, bytes, value: measured.value, drop: measured.drop, outcome });
  }

  #refuse(recipe: Recipe, bytes: number | undefined, { refused }: Refusal): Trial['outcome'] {
    return this.#add({ recipe, bytes, value: undefined, drop: undefined, outcome: 'refused', reason: refused });
  }

  #add(trial: Trial): Trial['outcome'] {
    this.trials.push(trial);
    if (trial.outcome === 'holds') this.best = trial;
    this.#options.onTrial?.(trial);
    return trial.outcome;
  }

  #exhausted(pending = 0): boolean {
    return this.trials.length + pending >= this.#options.maxTrials;
  }
}

function sameRules(a: Recipe['rules'], b: Recipe['rules']): boolean {
  return a.length === b.length && a.every(({ match }, i) => match.tensor === b[i]?.match.tensor);
}
