import { type RestoredCache, restoreResults, saveResults } from '#github/result-cache.js';
import { version } from '#version.js';
import type { Environment } from './run-step.js';

/** Results of earlier runs, in GitHub's cache where there is one. What fails is told, and does no harm. */
export class KeptResults {
  readonly #hasService: boolean;
  readonly #notify: (notice: string) => void;
  #restored: { readonly folder: string; readonly cache: RestoredCache } | undefined;

  constructor(environment: Environment, notify: (notice: string) => void) {
    this.#hasService = environment['ACTIONS_RUNTIME_TOKEN'] !== undefined;
    this.#notify = notify;
  }

  async restore(folder: string): Promise<void> {
    if (!this.#hasService) return;
    const cache = await restoreResults({ folder, version });
    this.#restored = { folder, cache };
    if (cache.notice !== undefined) this.#notify(cache.notice);
  }

  async save(): Promise<void> {
    if (!this.#restored) return;
    const { folder, cache } = this.#restored;
    const { notice } = await saveResults({ folder, version }, cache);
    if (notice !== undefined) this.#notify(notice);
  }
}
