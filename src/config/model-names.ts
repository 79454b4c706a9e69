/**
 * A short name for each SavedModel, the stem of its files: the folder's own, or its parent's where that is only
 * `saved_model` or a version number; more of the path, and then a number, where two would be alike. No two are alike
 * on file systems that do not tell small letters from capitals either.
 */
export function modelNames(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => meaningfulParts(folder));
  const lengths = paths.map(() => 1);
  for (;;) {
    const names = paths.map((parts, i) => parts.slice(-(lengths[i] as number)).join('-'));
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
    const growing = [...names.keys()].filter(
      (i) => (counts.get(names[i]?.toLowerCase() ?? '') ?? 0) > 1 && (lengths[i] as number) < (paths[i]?.length ?? 0),
    );
    if (growing.length === 0) return numbered(names);
    for (const i of growing) lengths[i] = (lengths[i] as number) + 1;
  }
}

/** Names that are still alike get `-2`, `-3` … behind all but the first. */
function numbered(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const given = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let i = 2; given.has(unique.toLowerCase()) || (unique !== name && taken.has(unique.toLowerCase())); i++) {
      unique = `${name}-${i}`;
    }
    given.add(unique.toLowerCase());
    return unique;
  });
}

/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function meaningfulParts(folder: string): string[] {
  const parts = folder.split(/[\\/]+/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const safe = parts.map((part) => {
    const plain = part.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_');
    return DEVICE.test(plain) ? `_${plain}` : plain;
  });
  while (safe.length > 1 && /^(saved_?model|model|\d+)$/i.test(safe.at(-1) as string)) safe.pop();
  return safe.length === 0 ? ['model'] : safe;
}
