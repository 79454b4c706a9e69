import type { Element, Nodes, Root, Text } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { defaultSchema, sanitize } from 'hast-util-sanitize';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** What a browser has of a comment or a summary: GitHub-flavoured Markdown, of which GitHub's sanitizer leaves this. */
export function renderOnGitHub(markdown: string): Root {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return sanitize(fromHtml(html, { fragment: true }), defaultSchema) as Root;
}

export function elementsOf(node: Nodes): Element[] {
  const own = node.type === 'element' ? [node] : [];
  return 'children' in node ? [...own, ...node.children.flatMap(elementsOf)] : own;
}

export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

/** The cells of each row of each table. */
export function tablesOf(root: Root): string[][][] {
  const named = (node: Nodes, ...names: string[]): Element[] =>
    elementsOf(node).filter(({ tagName }) => names.includes(tagName));
  return named(root, 'table').map((table) => named(table, 'tr').map((row) => named(row, 'td', 'th').map(textOf)));
}

/** Elements by their nesting, one a line, without what they say. */
export function outlineOf(node: Nodes, depth = 0): string[] {
  if (node.type !== 'root' && node.type !== 'element') return [];
  const own = node.type === 'element' ? [`${' '.repeat(depth)}${node.tagName} ${propertiesOf(node)}`] : [];
  return [...own, ...node.children.flatMap((child) => outlineOf(child, depth + 1))];
}

function propertiesOf({ properties }: Element): string {
  return Object.keys(properties).length === 0 ? '' : JSON.stringify(properties);
}

/** GitHub looks for references in texts that stand in none of these. */
const QUIET = new Set(['a', 'code', 'pre', 'tt', 'script', 'style']);

/** What GitHub makes links or pictures of after it made HTML of Markdown, where who or what is meant exists. */
const REFERENCES = {
  mention: /(?<![\p{L}\p{M}\p{N}_])@[a-z0-9][a-z0-9-]*/giu,
  issue: /(?:[\w.-]+(?:\/[\w.-]+)?)?#\d+|\bgh-\d+/gi,
  advisory: /\b(?:GHSA(?:-[0-9a-z]{4}){3}|CVE-\d{4}-\d+)/gi,
  commit: /\b(?=\d*[a-f]|\d{40})[0-9a-f]{7,40}\b/g,
  address: /\b(?:https?|ftp):\/\/\S|\bwww\.[^\s\u200b]/gi,
  mail: /[\w.+-]+@[\w-]+\.\w/g,
  emoji: /:[a-z0-9_+-]+:/g,
  mathematics: /\$[^$\s][^$]*\$/g,
} as const;

/** Texts that GitHub would take for a reference, with what it would take them for. */
export function referencesOf(root: Root): string[] {
  return speakingTexts(root).flatMap((text) =>
    Object.entries(REFERENCES).flatMap(([kind, pattern]) =>
      [...text.matchAll(pattern)].map(([found]) => `${kind}: ${found}`),
    ),
  );
}

/** GitHub reads each text by itself: neighbours do not make a reference together. */
function speakingTexts(node: Nodes): string[] {
  if (node.type === 'text') return [(node as Text).value];
  if (!('children' in node) || (node.type === 'element' && QUIET.has(node.tagName))) return [];
  return node.children.flatMap(speakingTexts);
}
