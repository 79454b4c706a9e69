import { expect, test } from '@jest/globals';
import { modelNames } from '#config/model-names.js';

test.each<[string, string[], string[]]>([
  ['the folder itself', ['models/digits', 'a/b/face'], ['digits', 'face']],
  ['its parent, where it says nothing', ['digits/saved_model', 'face/1', 'x/model/3'], ['digits', 'face', 'x']],
  ['more of the path, where two are alike', ['a/net', 'b/net', 'c/other'], ['a-net', 'b-net', 'other']],
  ['capitals do not tell files apart', ['a/Net', 'b/net'], ['a-Net', 'b-net']],
  ['a number, where all of the path is alike', ['a b', 'a_b', 'a_b-2', 'A_b'], ['a_b', 'a_b-3', 'a_b-2', 'A_b-4']],
  ['characters that files cannot have', ['we ird?/mo:del*', '..\\up', '.hidden'], ['mo_del_', 'up', '_hidden']],
  ['names of devices', ['models/con', 'nul.v2'], ['_con', '_nul.v2']],
  ['nothing to go by', ['.', 'saved_model'], ['model', 'saved_model']],
])('%s', (_, folders, names) => {
  expect(modelNames(folders)).toEqual(names);
});
