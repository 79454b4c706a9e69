import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { renderHtml } from '#report/html/render-html.js';
import { HOSTILE, sampleRecord } from '../../record/sample-record.js';
import { failingReport, hostileReport, manyModelsReport, passingReport, type SampleReport } from './sample-reports.js';

function pageOf({ record, graphs }: SampleReport): string {
  return renderHtml(record, { graphs });
}

/** Tags of a page, without what is between them. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<\/?([a-zA-Z!][\w-]*)/g)].map(([, name = '']) => name);
}

describe('an HTML report', () => {
  const page = pageOf(failingReport());

  test('says the verdict first, then what of the gate is changed', () => {
    const body = page.slice(page.indexOf('<body>'));
    const order = [
      '✗ Failed.',
      'The gate itself is changed',
      'models.digits.limits.size.max',
      '<h2>Models',
      '<h2>In detail',
    ];
    const places = order.map((text) => body.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(body).toContain('not counted yet');
  });

  test('has a policy that allows its own script and style and nothing else', () => {
    const hash = (name: string): string => {
      const content = page.slice(page.indexOf(`<${name}>`) + name.length + 2, page.indexOf(`</${name}>`));
      return `sha256-${createHash('sha256').update(content).digest('base64')}`;
    };
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; script-src '${hash('script')}'; style-src '${hash('style')}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/\sstyle="|\son\w+="/);
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:,")/);
  });

  test('has a row for each variant, what failed first, which leads to its details', () => {
    const rows = [...page.matchAll(/<th scope="row"><a href="#(v\d)">(.*?)<\/a>/g)].map(([, id, name]) => [id, name]);
    expect(rows).toEqual([
      ['v1', 'translator (float32)'],
      ['v2', 'digits (int8)'],
      ['v3', 'keywords (int8)'],
      ['v4', 'digits (float32)'],
    ]);
    for (const [id] of rows) expect(page).toMatch(new RegExp(`<details class="variant" id="${id}"`));
    expect(page).toMatch(/id="v1" open>/);
    expect(page).not.toMatch(/id="v4" open>/);
  });

  test('tells reasons, probabilities, help and places', () => {
    expect(page).toContain('top-1 drops by 0.018 from the float model, more than the 0.01 allowed.');
    expect(page).toContain('1400 samples would settle it.');
    expect(page).toContain('&lt; 0.001');
    expect(page).toContain('<div class="help">Use Relu.</div>');
    expect(page).toContain('layer a, node net/a/Cross');
    expect(page).toContain('It is not in the resolver.');
  });

  test('draws size against accuracy and what changed, but not what there are no numbers of', () => {
    expect(page).toContain('Size and top-1 of 3 variants');
    expect(page).toContain('top-1 against the base');
    expect(page).toContain('top-1 against the float model');
    expect(page).toContain('Size against the base');
    expect(page.match(/<g><title>translator/g)).toBeNull();
  });

  test('marks what differs between the graphs of head and base', () => {
    expect(page).toContain('Head of digits (int8): 19 nodes');
    expect(page).toContain('Base of digits (int8): 18 nodes');
    expect(page.match(/<g class="o(?: io)? added"/g)).toHaveLength(4);
    expect(page.match(/<g class="o(?: io)? removed"/g)).toHaveLength(3);
  });

  test('says nothing of the gate where nothing is changed, and has no picture without graphs', () => {
    const plain = renderHtml(sampleRecord());
    expect(plain).not.toContain('The gate itself');
    expect(plain).not.toContain('class="view"');
    expect(plain).toContain('✓ Passed.');
  });

  test('tells what each conversion did and how long it took', () => {
    expect(page).toContain('<summary>Passes of digits (int8): 3, of which 2 changed it</summary>');
    expect(page).toMatch(/<th scope="row">fuse-bias<\/th>.*>0\.50 ms<.*>31</);
  });

  test('is the same each time', () => {
    expect(pageOf(failingReport())).toBe(page);
  });

  test('of nothing is still one', () => {
    const empty = renderHtml(sampleRecord({ models: [], headline: 'There are no models.' }));
    expect(empty).toContain('There are no models.');
    expect(empty).not.toContain('<h2>');
  });
});

test('no name becomes markup', () => {
  const known = new Set([...tagsOf(pageOf(failingReport())), ...tagsOf(pageOf(passingReport()))]);
  const page = pageOf(hostileReport());
  expect(tagsOf(page).filter((tag) => !known.has(tag))).toEqual([]);
  expect(tagsOf(page).filter((tag) => tag === 'script')).toHaveLength(2);
  expect(page).not.toMatch(/[\u202e\u2066\u200f\u0000]/);
  for (const name of HOSTILE.filter((text) => /^[\w ]+$/.test(text))) expect(page).toContain(name.slice(0, 100));
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('names that escape a pattern of replacements stay as they are', () => {
  const page = renderHtml(sampleRecord({ headline: "$& $' $1 \\u0041" }));
  expect(page).toContain('$&amp; $&#39; $1 \\u0041');
});

test('a hundred models stay one file of a few megabytes, which says what it leaves out', () => {
  const page = pageOf(manyModelsReport(100));
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
  expect(page).toContain('nodes, which are not drawn here');
  expect(page).toContain('less damaged layers are left out here');
  expect(page).toContain('100 variants: 6 failed, 94 passed');
});
