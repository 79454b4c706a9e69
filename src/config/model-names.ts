/**
 * A short name for each SavedModel: the folder's own, or its parent's where that is only `saved_model` or a version
 * number, made unique by more of the path where two would be alike.
 */
export function modelNames(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => meaningfulParts(folder));
  const lengths = paths.map(() => 1);
  for (;;) {
    const names = paths.map((parts, i) => parts.slice(-(lengths[i] as number)).join('-'));
    const clashing = names.flatMap((name, i) => (names.filter((other) => other === name).length > 1 ? [i] : []));
    const growing = clashing.filter((i) => (lengths[i] as number) < (paths[i]?.length ?? 0));
    if (growing.length === 0) {
      return names.map((name, i) => (clashing.includes(i) ? `${name}-${clashing.indexOf(i) + 1}` : name));
    }
    for (const i of growing) lengths[i] = (lengths[i] as number) + 1;
  }
}

function meaningfulParts(folder: string): string[] {
  const parts = folder.split(/[\\/]+/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const safe = parts.map((part) => part.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_'));
  while (safe.length > 1 && /^(saved_?model|model|\d+)$/i.test(safe.at(-1) as string)) safe.pop();
  return safe.length === 0 ? ['model'] : safe;
}
