import { expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { renderText } from '#diagnostics/render-text.js';
import { openDebugInfo } from '#saved-model/debug-info.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { nativeEngine } from '../../src/engines/native.js';

const path = 'test/saved-model/debug-info/saved_model';

test('the calls behind a node, without those of libraries', () => {
  const name = [...openSavedModel(path).functions.names()].find((each) =>
    each.startsWith('__inference_call'),
  ) as string;
  const info = openDebugInfo(path);
  expect(info?.framesOf('block/Cross', name)).toMatchInlineSnapshot(`
[
  {
    "file": "/project/model.py",
    "function": "block",
    "line": 14,
  },
  {
    "file": "/project/model.py",
    "function": "call",
    "line": 19,
  },
  {
    "file": "/project/model.py",
    "function": "<module>",
    "line": 25,
  },
]
`);
  expect(info?.framesOf('nothing', name)).toEqual([]);
});

test('a SavedModel without them', () => {
  expect(openDebugInfo('test/tensorflow/flex/select')).toBeUndefined();
});

test('an op that cannot be converted is shown with its line', () => {
  let text = '';
  try {
    nativeEngine.convert(path, {});
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    text = renderText(error.diagnostics);
  }
  expect(text).toMatch(/Cross/);
  expect(text).toMatch(/at \/project\/model\.py:\d+, layer block, node block\/Cross/);
});
