import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { Editor } from '#ir/editor.js';
import { runPasses } from '#passes/run-passes.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { Unsupported } from '#tensorflow/define-op.js';
import { type ForeignKernels, lowerForeign } from '#tensorflow/flex/foreign-ops.js';
import { importSavedModel } from '#tensorflow/import/import-saved-model.js';
import { LoweringBuilder } from '#tensorflow/lowering-builder.js';
import { tfOpByName } from '#tensorflow/ops/index.js';
import { foldConstants } from '#tensorflow/passes/fold-constants.js';
import { decodeFlex } from '#wire/flatbuffers/flexbuffers.js';
import { decode } from '#wire/protobuf/reader.js';
import { readNodeAttributes, readNodeDef } from '#wire/protobuf/saved-model.generated.js';
import { nativeEngine } from '../../../src/engines/native.js';
import { readFlexStrings } from './flex-strings.js';

const folder = 'test/tensorflow/flex';

/** The custom options that the official converter wrote, by custom code. */
function official(name: string): Map<string, Uint8Array> {
  const { operators } = JSON.parse(readFileSync(join(folder, name, 'official.json'), 'utf8')) as {
    operators: readonly { code: string; options: string }[];
  };
  return new Map(operators.map(({ code, options }) => [code, Buffer.from(options, 'base64')]));
}

/** The custom options of these ops of a model, whether TFLite has a kernel for them or not. */
function packed(name: string, kernels: ForeignKernels, ops: ReadonlySet<string>): Map<string, Uint8Array> {
  const model = openSavedModel(join(folder, name));
  const module = importSavedModel(model, selectSignatures(model), tfOpByName);
  runPasses(module, [foldConstants]);
  const options = new Map<string, Uint8Array>();
  for (const op of [...module.ops()].filter((each) => ops.has(each.name.replace('tf.', '')))) {
    const lowered = lowerForeign(op, new LoweringBuilder(new Editor(), op), kernels);
    if (lowered instanceof Unsupported) throw new Error(lowered.reason);
    options.set(lowered.code, lowered.results[0]?.producer?.attributes['custom_options'] as Uint8Array);
  }
  return options;
}

describe('--select-tf-ops', () => {
  test('the payload says what that of the official converter says', () => {
    const expected = official('select');
    const ops = new Set([...expected.keys()].map((code) => code.replace(/^Flex/, '')));
    const own = packed('select', { flex: true, custom: new Set() }, ops);
    expect([...own.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [code, options] of own) expect(readPayload(options)).toEqual(readPayload(expected.get(code)));
  });

  test('what the application has to link is said once', () => {
    const { diagnostics } = nativeEngine.convert(join(folder, 'select'), { selectTfOps: true });
    expect(diagnostics.map(({ code }) => code)).toEqual(['needs-flex-delegate']);
    expect(diagnostics[0]?.detail).toMatch(/^TensorFlow's own kernels compute .*ParseExampleV2/);
  });

  test('without it they are reported', () => {
    expect(() => nativeEngine.convert(join(folder, 'select'), {})).toThrow(DiagnosticError);
  });
});

/** The op's name and its NodeDef, the name that debugging would show left out. */
function readPayload(options: Uint8Array | undefined) {
  const [name, bytes] = readFlexStrings(options as Uint8Array) as [Uint8Array, Uint8Array];
  const { experimentalDebugInfo: _, ...node } = decode(bytes, readNodeDef);
  const { attr } = decode(bytes, readNodeAttributes);
  return { name: Buffer.from(name).toString(), node, attr: Object.fromEntries([...attr].sort()) };
}

describe('--allow-custom-op', () => {
  test('attributes are packed as the official converter packs them', () => {
    const expected = official('custom');
    const names = new Set(expected.keys());
    const own = packed('custom', { flex: false, custom: names }, names);
    expect([...own.keys()].sort()).toEqual([...names].sort());
    for (const [code, options] of own)
      expect(decodeFlex(options)).toEqual(decodeFlex(expected.get(code) as Uint8Array));
  });

  test('what the application has to register is said', () => {
    const options = { allowCustomOps: ['StringNGrams', 'CropAndResize'] };
    const { diagnostics } = nativeEngine.convert(join(folder, 'custom'), options);
    expect(diagnostics.map(({ code }) => code)).toEqual(['needs-custom-kernel']);
    expect(diagnostics[0]?.detail).toMatch(/^The application must register kernels for .*StringNGrams/);
  });
});
