import { createHash } from 'node:crypto';

const LONGEST = 100;

/**
 * A name that artifacts and release assets can have, from any name: letters, digits, `.`, `_` and `-` of
 * ASCII. GitHub refuses other characters in the one and replaces them in the other. What had to be changed ends with a
 * digest of what it was, so that different names stay different. The extension stays as it is.
 */
export function legalName(name: string, extension = ''): string {
  const legal = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, LONGEST);
  if (legal === name && legal !== '') return legal + extension;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${legal === '' ? '' : `${legal}-`}${digest}${extension}`;
}
