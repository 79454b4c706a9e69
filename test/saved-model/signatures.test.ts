import { describe, expect, test } from '@jest/globals';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { failureOf, fixture } from './fixtures.js';

const open = (name: string) => openSavedModel(fixture('tf', name, 'saved_model'), { tags: ['serve'] });

describe('selectSignatures', () => {
  test('leaves out what repeats serving_default', () => {
    const model = open('keras3_export');
    expect([...model.signatures.keys()]).toEqual(['serve', 'serving_default']);
    expect(selectSignatures(model).map(({ key }) => key)).toEqual(['serving_default']);
    expect(selectSignatures(model, ['serve']).map(({ key }) => key)).toEqual(['serve']);
  });

  test('takes all, or those asked for in that order', () => {
    const model = open('tf1_variables');
    expect(selectSignatures(model).map(({ key }) => key)).toEqual(['classify', 'serving_default']);
    expect(selectSignatures(model, []).map(({ key }) => key)).toEqual(['classify', 'serving_default']);
    expect(selectSignatures(model, ['serving_default', 'classify', 'serving_default']).map(({ key }) => key)).toEqual([
      'serving_default',
      'classify',
    ]);
  });

  test('suggests the nearest name for an unknown one', () => {
    const failure = failureOf(() => selectSignatures(open('tf1_variables'), ['serving-default']));
    expect(failure.code).toBe('unknown-signature');
    expect(failure.detail).toMatch(/has no signature `serving-default`\. It has `classify`, `serving_default`\.$/);
    expect(failure.help).toEqual(['Did you mean `serving_default`?']);
    expect(failureOf(() => selectSignatures(open('tf1_variables'), ['xyz'])).help).toEqual([
      'Give one of these, or none to convert all.',
    ]);
  });

  test('fails where there is none', () => {
    const failure = failureOf(() => selectSignatures(openSavedModel(fixture('no_signature'))));
    expect(failure.code).toBe('no-signature');
    expect(failure.help[0]).toMatch(/^Save with signatures/);
  });
});
