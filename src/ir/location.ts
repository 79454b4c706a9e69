import type { Location } from '#diagnostics/location.js';

export type { Location };

export const unknownLocation: Location = {};

/** The location of an op that does the work of several; the first one leads. */
export function fuseLocations(lead: Location, ...others: readonly Location[]): Location {
  if (!lead.fused && others.every((other) => samePlace(lead, other))) {
    return others.at(-1) ?? lead;
  }
  const fused = new Map<string, Location>();
  const add = (part: Location): void => {
    fused.set(`${part.function ?? ''}\n${part.node ?? ''}`, part);
  };
  for (const location of [lead, ...others]) {
    const { fused: parts } = location;
    if (!parts) {
      add(location);
      continue;
    }
    const { fused: _, ...own } = location;
    add(own);
    parts.forEach(add);
  }
  const [first = unknownLocation, ...rest] = fused.values();
  return rest.length === 0 ? first : { ...first, fused: rest };
}

function samePlace(a: Location, b: Location): boolean {
  return !b.fused && (a.node ?? '') === (b.node ?? '') && (a.function ?? '') === (b.function ?? '');
}
