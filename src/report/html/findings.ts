import { groupDiagnostics } from '#diagnostics/group.js';
import type { Location } from '#diagnostics/location.js';
import type { Finding } from '#record/findings.js';
import { shortened } from '../visible-text.js';
import { type Markup, markup } from './markup.js';

/** Places that are listed of one finding. */
const MAX_PLACES = 20;

const MARKS = { error: '✗', warning: '⚠', notice: 'ⓘ' } as const;

/** Findings grouped by what they say, with where and with what helps. */
export function findingList(findings: readonly Finding[]): Markup {
  // Codes of a record are those of the version that wrote it.
  const groups = groupDiagnostics(findings as Parameters<typeof groupDiagnostics>[0]);
  return markup`<ul class="findings">${groups.map(({ severity, title, op, count, findings: same }) => {
    const subject = op === undefined ? '' : `: ${op}${count > 1 ? `, ${count} times` : ''}`;
    return markup`<li>${MARKS[severity]} <strong>${title}</strong>${subject}${same.map(
      ({ detail, help, locations }) =>
        markup`<div>${detail}</div>${help.map((advice) => markup`<div class="help">${advice}</div>`)}${places(locations)}`,
    )}</li>`;
  })}</ul>
`;
}

function places(locations: readonly Location[]): Markup | undefined {
  const shown = locations.map(placeText).filter((place) => place !== '');
  if (shown.length === 0) return undefined;
  const more = shown.length - MAX_PLACES;
  return markup`<ul class="places">${shown.slice(0, MAX_PLACES).map((place) => markup`<li>${place}</li>`)}${
    more > 0 ? markup`<li>and ${more} more places</li>` : undefined
  }</ul>`;
}

function placeText({ layer, node, file, line }: Location): string {
  const parts: string[] = [];
  if (layer !== undefined) parts.push(`layer ${layer}`);
  if (node !== undefined) parts.push(`node ${node}`);
  if (file !== undefined && (parts.length === 0 || line !== undefined)) {
    parts.push(line === undefined ? file : `${file}:${line}`);
  }
  return shortened(parts.join(', '), 400);
}
