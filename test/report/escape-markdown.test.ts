import { expect, test } from '@jest/globals';
import { escapeMarkdown } from '#report/escape-markdown.js';
import { elementsOf, outlineOf, referencesOf, renderOnGitHub, textOf } from './github-markdown.js';

function shown(markdown: string): string {
  return textOf(renderOnGitHub(markdown)).replaceAll('\u200b', '').trimEnd();
}

/** Whether GitHub makes anything of the text, so that there is something to keep it from. */
function isRead(text: string): boolean {
  const root = renderOnGitHub(text);
  return referencesOf(root).length + elementsOf(root).length > 1;
}

test.each([
  'a|b',
  '<script>alert(1)</script>',
  '<!-- comment -->',
  '**bold** _it_ `code` ~~no~~ \\ # > - + !',
  '[text](https://example.com) www.example.com',
  '&lt; &#64;',
  '$x^2$',
  '- a',
  '+ a',
  '1. a',
  '12) a',
  '- [ ] a',
  '---',
  '# a',
  '> a',
  '    a',
])('%s: nothing is left to Markdown, where a list item begins or within it', (text) => {
  for (const before of ['', 'a ']) {
    const markdown = `- ${before}${escapeMarkdown(text)}`;
    expect(outlineOf(renderOnGitHub(markdown)).filter((line) => !line.includes('span'))).toEqual([' ul ', '  li ']);
    expect(shown(markdown).trim()).toBe(before + text.trim());
    expect(referencesOf(renderOnGitHub(markdown))).toEqual([]);
  }
});

test('of plain words, numbers and paths nothing is escaped', () => {
  for (const text of [
    '−5.4 kB (top-1: 0.98)',
    '0.1.0',
    'models/digits-int8.tflite',
    '1.5 + 2; "a" = {b}!',
    '-5%',
    'a:0',
  ]) {
    expect(escapeMarkdown(text)).toBe(text);
  }
});

test('mentions, references and emoji are broken, as character references do not keep GitHub from reading them', () => {
  for (const text of ['@user', '#12', ':smile:', 'a@b.cd', 'owner/repo#1']) {
    expect(textOf(renderOnGitHub(escapeMarkdown(text)))).toMatch(/[@#:]\u200b/);
    expect(referencesOf(renderOnGitHub(escapeMarkdown(text)))).toEqual([]);
    expect(isRead(text)).toBe(true);
  }
  for (const text of [
    'GH-3',
    'gh-3',
    'GHSA-abcd-2345-cdef',
    'CVE-2024-1234',
    'https://a.b',
    'www.a.b',
    '0123abc',
    '$a$',
  ]) {
    expect(referencesOf(renderOnGitHub(escapeMarkdown(text)))).toEqual([]);
    expect(isRead(text)).toBe(true);
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

test('letters of all scripts stay, those from right to left between marks that keep them to themselves', () => {
  expect(escapeMarkdown('Modèle 模型 نموذج 🙂')).toBe('Modèle 模型 \u2067نموذج\u2069 🙂');
});
