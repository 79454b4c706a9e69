import { expect, test } from '@jest/globals';
import { escapeMarkdown } from '#report/escape-markdown.js';

/** What a browser shows of character references. */
function shown(escaped: string): string {
  return escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

test.each([
  'a|b',
  '<script>alert(1)</script>',
  '<!-- comment -->',
  '**bold** _it_ `code` ~~no~~ \\ # > - + !',
  '[text](https://example.com) www.example.com',
  '&lt; &#64;',
  '$x^2$',
])('%s: nothing is left to Markdown', (text) => {
  const escaped = escapeMarkdown(text);
  expect(escaped.replace(/&#\d+;/g, '')).not.toMatch(/[<>|*_`[\]()\\#!~@:.$"'&-]/);
  expect(shown(escaped).replaceAll('\u200b', '')).toBe(text);
});

test('mentions, references and emoji are broken, as character references do not keep GitHub from reading them', () => {
  for (const text of ['@user', '#12', ':smile:', 'a@b', 'owner/repo#1']) {
    expect(shown(escapeMarkdown(text))).toMatch(/[@#:]\u200b/);
  }
  for (const text of ['x:0', '@', '# 1', 'a: b: c']) expect(escapeMarkdown(text)).not.toContain('8203');
});

test('what is not seen, breaks lines or turns the direction of text is shown as such', () => {
  for (const text of [
    'a\nb',
    'a\r\u2028b',
    'a\u202eb',
    'a\u061cb',
    'a\u200fb',
    'a\u0000b',
    'a\u001b[31mb',
    'a\ud800b',
    'a\u00adb',
  ]) {
    expect(escapeMarkdown(text)).toMatch(/a\ufffd+/);
    expect(escapeMarkdown(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  }
});

test('letters of all scripts stay', () => {
  expect(escapeMarkdown('Modèle 模型 نموذج 🙂')).toBe('Modèle 模型 نموذج 🙂');
});
