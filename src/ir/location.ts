import type { Location } from '#diagnostics/location.js';

export type { Location };

export const unknownLocation: Location = {};

/** The location of an op that does the work of several; the first one leads. */
export function fuseLocations(lead: Location, ...others: readonly Location[]): Location {
  const fused = new Map<string, Location>();
  for (const location of [lead, ...others]) {
    const { fused: parts = [], ...own } = location;
    for (const part of [own, ...parts]) fused.set(`${part.function ?? ''}\n${part.node ?? ''}`, part);
  }
  const [first = unknownLocation, ...rest] = fused.values();
  return rest.length === 0 ? first : { ...first, fused: rest };
}
