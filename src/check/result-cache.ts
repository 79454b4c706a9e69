import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Variant } from '#record/record.js';
import { fileDigest } from './file-digest.js';
import { metricOf, textOf } from './kept-metrics.js';
import type { MeasuredMetric, Measurement } from './measurement.js';

/** A variant's measurement with its float model's metrics, which it is compared with. */
export interface KeptMeasurement {
  readonly measurement: Measurement;
  readonly reference: readonly MeasuredMetric[];
}

/**
 * Results by their keys, in a folder. An entry that is cut off or was tampered with is as good as none: each starts with
 * the digest of the rest, and files are held against their digests. Without a folder nothing is kept.
 */
export class ResultCache {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** The measurement; its file is written to `path`. Undefined where there is none. */
  measurement(key: string, path: string): KeptMeasurement | undefined {
    const kept = this.#read(key) as Record<string, unknown> | undefined;
    if (kept === undefined) return undefined;
    try {
      const measurement = kept['measurement'] as Measurement & { metrics: unknown[] };
      if (measurement.outcome === 'measured' && !this.#restore(key, path, measurement.figures?.sha256))
        return undefined;
      return {
        measurement: {
          ...measurement,
          path: measurement.outcome === 'measured' ? path : undefined,
          figures: measurement.figures ?? undefined,
          metrics: measurement.metrics.map(metricOf),
          stages: [],
        },
        reference: (kept['reference'] as unknown[]).map(metricOf),
      };
    } catch {
      return undefined;
    }
  }

  keepMeasurement(key: string, { measurement, reference }: KeptMeasurement): void {
    const { path, stages: _, ...rest } = measurement;
    if (path !== undefined) this.#write(this.#file(`${key}.tflite`), (candidate) => copyFileSync(path, candidate));
    this.#keep(key, {
      measurement: { ...rest, metrics: measurement.metrics.map(textOf) },
      reference: reference.map(textOf),
    });
  }

  comparison(key: string): Variant | undefined {
    return Variant.safeParse(this.#read(key)).data;
  }

  keepComparison(key: string, variant: Variant): void {
    this.#keep(key, variant);
  }

  #file(name: string): string | undefined {
    return this.#folder === undefined ? undefined : join(this.#folder, name);
  }

  #read(key: string): unknown {
    const file = this.#file(`${key}.json`);
    if (file === undefined || !existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const payload = text.slice(end + 1);
    return text.slice(0, end) === digest(payload) ? JSON.parse(payload) : undefined;
  }

  #keep(key: string, value: unknown): void {
    const payload = JSON.stringify(value);
    const text = `${digest(payload)}\n${payload}`;
    this.#write(this.#file(`${key}.json`), (candidate) => writeFileSync(candidate, text));
  }

  /** In one step, as other runs may read the same folder. */
  #write(file: string | undefined, write: (candidate: string) => void): void {
    if (file === undefined || this.#folder === undefined) return;
    if (!existsSync(this.#folder)) {
      mkdirSync(this.#folder, { recursive: true });
      // Results do not belong into the repository, from which they would not be taken either.
      writeFileSync(join(this.#folder, '.gitignore'), '*\n');
    }
    const candidate = `${file}.${process.pid}`;
    try {
      write(candidate);
      renameSync(candidate, file);
    } finally {
      rmSync(candidate, { force: true });
    }
  }

  #restore(key: string, path: string, sha256: string | undefined): boolean {
    const file = this.#file(`${key}.tflite`);
    if (file === undefined || !existsSync(file)) return false;
    copyFileSync(file, path);
    // The copy is what is used: nobody can change it behind this.
    if (fileDigest(path) === sha256) return true;
    rmSync(path);
    return false;
  }
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
