import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Type } from '#ir/type.js';
import { compatibleShapes, isStatic } from '#tensor/shape.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { missingKernel } from '#tflite/kernel-exists.js';
import { operatorsOf } from './operators-of-file.js';

// Written by `official/make.py`.
const operators = operatorsOf(readModelFile(fileURLToPath(new URL('official/ops.tflite', import.meta.url))));
const known = operators.filter((operator) => operator.op !== undefined);
/**
 * Control flow is inferred from its bodies, which are subgraphs of their own in the file. The official converter gives
 * the indices of NON_MAX_SUPPRESSION_V4 a dimension that the kernel does not.
 */
const special = new Set(['IF', 'WHILE', 'NON_MAX_SUPPRESSION_V4']);
const inferable = known.filter(({ builtin }) => !special.has(builtin));

function label({ place, builtin }: { place: string; builtin: string }): string {
  return `${place} ${builtin}`;
}

/** What is wrong with an inferred type, given the one that the official converter found. */
function difference(inferred: Type | undefined, official: Type): string | undefined {
  if (inferred?.kind !== 'tensor' || official.kind !== 'tensor') return 'no tensor';
  if (inferred.dtype !== official.dtype) return `${inferred.dtype} instead of ${official.dtype}`;
  if (!compatibleShapes(inferred.shape, official.shape)) return `${inferred.shape} instead of ${official.shape}`;
  return isStatic(official.shape) && !isStatic(inferred.shape) ? `only ${inferred.shape} is known` : undefined;
}

describe('definitions against operators that the official converter wrote', () => {
  test('there are many, and all are defined', () => {
    expect(new Set(operators.map(({ builtin }) => builtin)).size).toBeGreaterThan(90);
    expect(operators.filter(({ op }) => op === undefined).map(label)).toEqual([]);
  });

  test('no version is higher than theirs', () => {
    const higher = known.filter(({ op, version }) => op && versionOf(op) > version);
    expect(higher.map(label)).toEqual([]);
  });

  test('types are inferred as precisely', () => {
    const differences = inferable.flatMap((operator) => {
      const { op } = operator;
      const types = op?.definition.infer?.(op) ?? [];
      const found = op?.results
        .map((result, i) => difference(types[i], result.type))
        .find((text) => text !== undefined);
      return found === undefined ? [] : [`${label(operator)}: ${found}`];
    });
    expect(differences).toEqual([]);
  });

  test('each has a kernel', () => {
    const missing = known.flatMap(({ op, place }) => {
      const found = op && missingKernel(op);
      return found ? [`${place}: ${found.reason}`] : [];
    });
    expect(missing).toEqual([]);
  });
});

function versionOf(op: NonNullable<(typeof known)[number]['op']>): number {
  return (op.definition as unknown as { version(op: unknown): number }).version(op);
}
