/**
 * What holds where `over` says something on top of `base`: a map is merged by its keys, all else (lists, text, numbers)
 * is replaced. Neither is changed.
 */
export function deepMerge<B, O>(base: B | undefined, over: O | undefined): B & O {
  if (over === undefined) return base as B & O;
  if (!isMap(base) || !isMap(over)) return over as B & O;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  const entries = [...keys].map((key) => [key, deepMerge(own(base, key), own(over, key))]);
  return Object.fromEntries(entries) as B & O;
}

function own(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
