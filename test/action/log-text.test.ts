import { expect, test } from '@jest/globals';
import { withoutCommands } from '../../src/action/log-text.js';

test.each([
  ['::error::no', ': :error::no'],
  ['a\n  ::set-env name=A::b', 'a\n  : :set-env name=A::b'],
  ['model ##[add-mask]x', 'model # #[add-mask]x'],
  ['path::name stays', 'path::name stays'],
])('%j is no command', (text, expected) => {
  expect(withoutCommands(text)).toBe(expected);
});
