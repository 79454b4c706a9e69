/** Whether a path stands for any number of folders. A `[` or `{` has no meaning and may be in a folder's name. */
export function hasWildcards(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * Whether a path with `/` matches a pattern: `*` stands for any characters of a name, `?` for one, `**` for any folders
 * or none. Names that begin with a dot are matched by what begins with a dot. Takes time in proportion to the product of
 * both lengths, whatever the pattern.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const names = path === '.' ? [] : path.split('/');
  // Whether the pattern so far matches the first i names.
  let reached = [true, ...names.map(() => false)];
  for (const part of pattern.split('/')) {
    const next = reached.map(() => false);
    for (let i = 0; i <= names.length; i++) {
      const name = names[i - 1];
      if (part === '**') {
        const passes = name !== undefined && !name.startsWith('.') && next[i - 1] === true;
        next[i] = reached[i] === true || passes;
      } else if (name !== undefined) next[i] = reached[i - 1] === true && matchesName(name, part);
    }
    reached = next;
  }
  return reached.at(-1) === true;
}

function matchesName(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let [i, j] = [0, 0];
  // Where the last `*` stands, and up to where of the name it has taken.
  let [star, taken] = [-1, 0];
  while (i < name.length) {
    if (pattern[j] === '*') [star, taken, j] = [j, i, j + 1];
    else if (pattern[j] === '?' || pattern[j] === name[i]) [i, j] = [i + 1, j + 1];
    else if (star >= 0) {
      taken++;
      [i, j] = [taken, star + 1];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(j));
}
