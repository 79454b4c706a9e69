import { describe, expect, test } from '@jest/globals';
import { escapeMarkup, markup, xml } from '#report/html/markup.js';
import { shortened } from '#report/visible-text.js';

describe('markup', () => {
  test('escapes what is filled in, but not what it made itself', () => {
    const inner = markup`<b title="${'"\'<&>'}">${3}</b>`;
    expect(markup`<p>${['a<b', inner]}${undefined}</p>`.text).toBe(
      '<p>a&lt;b<b title="&quot;&#39;&lt;&amp;&gt;">3</b></p>',
    );
  });

  test('what is not seen, turns the text or is no character is replaced', () => {
    expect(escapeMarkup('a\u0000b\u202ec\nd\ud800e\uffff\u200b')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffd\ufffd');
    expect(escapeMarkup('𝕿é日')).toBe('𝕿é日');
  });

  test('keeps what is written from right to left to itself, but not where a program reads it', () => {
    expect(markup`<p>${'a/שלום עולם (1)'}</p>`.text).toBe('<p>a/\u2067שלום עולם\u2069 (1)</p>');
    expect(xml`<p a="${'a/שלום'}"/>`.text).toBe('<p a="a/שלום"/>');
  });

  test('shortens by characters, not by halves of them', () => {
    expect(shortened('𝕿𝕿𝕿𝕿', 3)).toBe('𝕿𝕿…');
    expect(shortened('abc', 3)).toBe('abc');
  });
});
