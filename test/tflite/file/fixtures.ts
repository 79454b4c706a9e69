import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Files of the official converter; made, with their JSON, by fixtures/make_fixtures.py. */
export const fixtureNames = ['float_network', 'quantized_network', 'outside_network', 'loop', 'custom'] as const;

export type FixtureName = (typeof fixtureNames)[number];

export function fixturePath(name: FixtureName): string {
  return fileURLToPath(new URL(`./fixtures/${name}.tflite`, import.meta.url));
}

export function fixtureBytes(name: FixtureName): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/** What the official object API reads in the file. */
export function officialView(name: FixtureName): Record<string, unknown> {
  return JSON.parse(readFileSync(fixturePath(name).replace(/tflite$/, 'json'), 'utf8')) as Record<string, unknown>;
}
