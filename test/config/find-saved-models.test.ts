import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { findSavedModels } from '#config/find-saved-models.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';

const root = mkdtempSync(join(tmpdir(), 'find-saved-models-'));
for (const folder of ['models/b', 'models/a/1', 'odd [1]', 'node_modules/dep', 'my_saved_model.pb']) {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'saved_model.pb'), '');
}
afterAll(() => rmSync(root, { recursive: true }));

describe('findSavedModels', () => {
  test('every one of the repository, sorted, but not those of dependencies', async () => {
    expect(await findSavedModels(root, [])).toEqual(['models/a/1', 'models/b', 'my_saved_model.pb', 'odd [1]']);
  });

  test.each<[string[], string[]]>([
    [['models/b'], ['models/b']],
    [['./models/b/'], ['models/b']],
    [['models\\b'], ['models/b']],
    [['models/b/saved_model.pb'], ['models/b']],
    [['models/**'], ['models/a/1', 'models/b']],
    [['models/*', 'models/b'], ['models/b']],
    [['odd [1]'], ['odd [1]']],
    [['my_saved_model.pb'], ['my_saved_model.pb']],
    [[join(root, 'models/b')], ['models/b']],
  ])('%j', async (patterns, found) => {
    expect(await findSavedModels(root, patterns)).toEqual(found);
  });

  test('a pattern that matches nothing is an error', async () => {
    const error = await findSavedModels(root, ['models/b', 'nowhere/*']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DiagnosticError);
    expect((error as DiagnosticError).diagnostics[0]).toMatchObject({
      code: 'not-a-saved-model',
      detail: '"nowhere/*" matches no folder with a saved_model.pb.',
    });
  });

  test('an empty repository has none', async () => {
    expect(await findSavedModels(join(root, 'models/b'), [])).toEqual(['.']);
    mkdirSync(join(root, 'empty'));
    expect(await findSavedModels(join(root, 'empty'), [])).toEqual([]);
  });
});
