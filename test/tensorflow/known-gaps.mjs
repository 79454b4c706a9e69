// Cases that do not pass yet, kept in a file that can only shrink: { reason: [case, …] }.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export function readGaps(file) {
  if (!existsSync(file)) return undefined;
  return new Map(
    Object.entries(JSON.parse(readFileSync(file, 'utf8'))).flatMap(([reason, names]) =>
      names.map((name) => [name, reason]),
    ),
  );
}

/** Sorts results into passed, known gaps and what fails the run. Cases that did not run stay as they are. */
export function judgeGaps(results, gaps) {
  const verdict = { passed: [], known: [], failed: [] };
  for (const { name, problem } of results) {
    const listed = gaps?.has(name) ?? false;
    if (problem && listed) verdict.known.push(name);
    else if (problem) verdict.failed.push({ name, problem });
    else if (listed) verdict.failed.push({ name, problem: 'passes: remove it from known gaps', fixed: true });
    else verdict.passed.push(name);
  }
  return verdict;
}

/** Takes what passes now out of the file. Adds nothing, unless there is no file yet. */
export function updateGaps(file, results, gaps) {
  const passing = new Set(results.filter(({ problem }) => !problem).map(({ name }) => name));
  const listed = gaps ?? results.map(({ name, problem }) => [name, generalReason(problem ?? '')]);
  const byReason = new Map();
  for (const [name, reason] of listed) {
    if (!passing.has(name)) byReason.set(reason, [...(byReason.get(reason) ?? []), name].sort());
  }
  const sorted = [...byReason].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** A problem without what is different in every case, so that cases of one kind share it. */
function generalReason(problem) {
  return problem
    .replace(/^output [^:]+: /, 'outputs: ')
    .replace(/\d+ of \d+ values differ.*/, 'values differ')
    .replace(/\[[\d, -]*\]/g, '[…]')
    .slice(0, 160);
}
