import { describe, expect, test } from '@jest/globals';
import { type Diagnostic, diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import { renderLocation } from '#diagnostics/render-location.js';
import { renderText } from '#diagnostics/render-text.js';

function op(name: string, node: string, detail: string, ...help: string[]): Diagnostic {
  const layer = node.split('/').at(-2) as string;
  return diagnostic('unsupported-op', { op: name, detail, help, locations: [{ node, layer }] });
}

describe('text for the terminal', () => {
  test('each unsupported op once, with count, reasons, places and help', () => {
    const found = [
      op('Foo', 'net/a/Foo', 'TFLite has no op for it.', 'Use Bar.'),
      op('Baz', 'net/b/Baz', 'Its rank is 6.'),
      op('Foo', 'net/c/Foo', 'TFLite has no op for it.', 'Use Bar.'),
      op('Foo', 'net/d/Foo', 'Its dtype is complex64.'),
    ];
    expect(renderText(found)).toMatchInlineSnapshot(`
"error: Op without a TFLite equivalent: Foo, 3 times [unsupported-op]
  TFLite has no op for it.
    at layer a, node net/a/Foo
    at layer c, node net/c/Foo
  help: Use Bar.
  Its dtype is complex64.
    at layer d, node net/d/Foo

error: Op without a TFLite equivalent: Baz [unsupported-op]
  Its rank is 6.
    at layer b, node net/b/Baz
"
`);
  });

  test('errors come before warnings, and files that the text names are not repeated', () => {
    const warning: Diagnostic = { ...diagnostic('invalid-data', { detail: 'Odd.' }), severity: 'warning', help: [] };
    const error = diagnostic('corrupt-file', { detail: '/m/x.pb ends early.', locations: [{ file: '/m/x.pb' }] });
    expect(renderText([warning, error])).toMatchInlineSnapshot(`
"error: Truncated or corrupt file [corrupt-file]
  /m/x.pb ends early.
  help: Restore the file from its source, or save the model again.

warning: Invalid data [invalid-data]
  Odd.
"
`);
  });

  test('long lists of places are cut', () => {
    const found = Array.from({ length: 12 }, (_, i) => op('Foo', `n/l/${i}`, 'No.'));
    const text = renderText(found, { maxLocations: 3 });
    expect(text.match(/ at layer/g)).toHaveLength(3);
    expect(text).toContain('and at 9 more\n');
  });

  test('text from a model cannot steer the terminal', () => {
    const found = [op('Foo\u001b[2J', 'a\nb/l\u202e/Foo', 'Odd \u0007 name\nin two lines.')];
    const text = renderText(found);
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(text).toMatchInlineSnapshot(`
"error: Op without a TFLite equivalent: Foo\\u001b[2J [unsupported-op]
  Odd \\u0007 name
  in two lines.
    at layer l\\u202e, node a\\nb/l\\u202e/Foo
"
`);
  });

  test('in colour on demand', () => {
    const text = renderText([op('Foo', 'a/b/c', 'No.', 'Use Bar.')], { color: true });
    expect(text.replaceAll('\u001b', '␛')).toMatchInlineSnapshot(`
"␛[1;31merror␛[0m: Op without a TFLite equivalent: ␛[1mFoo␛[0m ␛[2m[unsupported-op]␛[0m
  No.
    ␛[2mat␛[0m layer b, node a/b/c
  ␛[1;32mhelp␛[0m: Use Bar.
"
`);
  });

  test('nothing', () => {
    expect(renderText([])).toBe('');
  });
});

test.each<[Location, string]>([
  [{ file: 'a/m', signature: 's' }, 'signature s, a/m'],
  [{ file: 'data.csv', line: 3 }, 'data.csv:3'],
  [{ node: 'n', function: 'f' }, 'node n (in the function f)'],
  [{ function: 'f' }, '(in the function f)'],
  [
    {
      node: 'n',
      frames: [
        { file: 'm.py', line: 7, function: 'call' },
        { file: 'x.py', line: 1 },
      ],
    },
    'm.py:7, node n',
  ],
  [{}, ''],
])('%j', (location, text) => {
  expect(renderLocation(location)).toBe(text);
});
