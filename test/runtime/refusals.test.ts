import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { calibrate } from '#quantize/calibrate.js';
import { nativeProcess } from '#runtime/native/native-process.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { refuseTooLarge } from '#runtime/refusals.js';
import { parseModel } from '#tflite/file/read-model.js';

const digits = fileURLToPath(new URL('../quantize/fixtures/digits.tflite', import.meta.url));

/** A model of 3 GB of which nothing may be loaded. */
function tooLarge() {
  const model = parseModel(new Uint8Array(readFileSync(digits)));
  const weights = {
    byteLength: 3e9,
    load: (): Uint8Array => {
      throw new Error('weights are loaded for nothing');
    },
  };
  return { ...model, buffers: [...model.buffers, weights] };
}

const refusal = expect.objectContaining({
  diagnostics: [
    expect.objectContaining({
      code: 'run-failed',
      detail: expect.stringMatching(/^Its weights take 3\.00 GB, .* verified by its structure, not run\.$/),
    }),
  ],
});

test('a model that is too large for the runtime is refused before anything of it is loaded', async () => {
  const interpreter = await openInterpreter(tooLarge());
  const inputs = new Map();
  await expect(interpreter.run(inputs)).rejects.toEqual(refusal);
  await interpreter.dispose();
});

test('it is not calibrated either', async () => {
  const samples = { samples: () => (async function* () {})() };
  await expect(calibrate(tooLarge(), samples)).rejects.toEqual(refusal);
});

test("LiteRT's native library has no such limit", () => {
  const kind = nativeProcess({ path: 'libLiteRt.so', version: '2.3.0' });
  expect(() => refuseTooLarge(tooLarge(), kind, undefined)).not.toThrow();
});
