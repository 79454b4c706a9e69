import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataInput, DataSet, DataSignature, Sample } from '#data/data-set.js';
import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { DType } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

const folder = fileURLToPath(new URL('fixtures', import.meta.url));

export function fixture(name: string): string {
  return join(folder, name);
}

/** The path of a new file with this content: a fixture's, changed, or any bytes. */
export function changedFile(name: string, content: Uint8Array | ((bytes: Buffer) => Uint8Array)): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tflite-gate-data-')), name);
  writeFileSync(path, typeof content === 'function' ? content(readFileSync(fixture(name))) : content);
  return path;
}

/** A new folder with these files. */
export function changedFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = mkdtempSync(join(tmpdir(), 'tflite-gate-data-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

export function input(name: string, dtype: DType, shape: Shape): DataInput {
  return { name, dtype, shape };
}

export function signature(...inputs: DataInput[]): DataSignature {
  return { key: 'serve', inputs };
}

export async function readAll(data: DataSet, of: DataSignature): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const sample of data.samples(of)) samples.push(sample);
  return samples;
}

/** The numbers of one input in all samples. */
export function valuesOf(samples: readonly Sample[], name: string): number[][] {
  return samples.map(({ values }) => Array.from((values.get(name) as Tensor).data as Float32Array, Number));
}

/** What a promise is rejected with, which has to be a DiagnosticError. */
export async function findingsOf(promise: Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The detail of the only finding, without the folders of the file in it and the full stop. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const findings = await findingsOf(promise);
  if (findings.length !== 1 || findings[0]?.code !== 'invalid-data') throw new Error(JSON.stringify(findings));
  return findings[0].detail.replaceAll(/\S*\/(?=[\w.-]+: )/g, '').replace(/\.$/, '');
}
