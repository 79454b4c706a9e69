import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { recordText } from '#check/read-record.js';
import { fail } from '#diagnostics/diagnostic.js';
import { sha256OfFile } from '#github/checksums.js';
import { legalName } from '#github/legal-name.js';
import type { ReleaseFile } from '#github/release-assets.js';
import type { Model, RunRecord } from '#record/record.js';

/**
 * What a release of a run's models holds: each .tflite file, and for each model its part of the record. Throws a
 * DiagnosticError where a file is not the one that the record tells of.
 */
export async function releaseFiles(record: RunRecord, folder: string): Promise<ReleaseFile[]> {
  const files: ReleaseFile[] = [];
  for (const model of record.models) {
    for (const { file, figures } of model.variants) {
      if (file !== null && figures) files.push(await modelFile(join(folder, file), figures.sha256));
    }
    files.push(jsonFile(modelRecordName(model.name), recordText(modelRecord(record, model))));
  }
  return files;
}

/** Under which name a release keeps the record of a model. */
export function modelRecordName(model: string): string {
  return legalName(model, '.json');
}

/** A record of one model. It holds no times, so that runs of the same input make the same file. */
function modelRecord(record: RunRecord, model: Model): RunRecord {
  return {
    ...record,
    units: record.units.filter((unit) => unit.model === model.name),
    models: [model],
    timing: { milliseconds: 0, variants: [] },
  };
}

async function modelFile(path: string, sha256: string): Promise<ReleaseFile> {
  let found: string;
  try {
    found = await sha256OfFile(path);
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${path} cannot be read: ${(error as Error).message}.`,
      help: ['Run this step in the job that checked the models, or download its artifact into the folder.'],
    });
  }
  if (found !== sha256) {
    fail('corrupt-file', {
      detail: `${path} is not the file that was checked: its SHA-256 is ${found}, not ${sha256}.`,
    });
  }
  const name = legalName(basename(path, '.tflite'), '.tflite');
  return { name, bytes: statSync(path).size, sha256, read: () => readFileSync(path) };
}

function jsonFile(name: string, text: string): ReleaseFile {
  const content = Buffer.from(text);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, bytes: content.length, sha256, read: () => content };
}
