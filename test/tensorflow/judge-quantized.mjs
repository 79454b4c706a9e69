// Whether our quantized models of a case are as good as the official converter's: by facts of both.

/** What quantization may cost beyond what the official converter's costs. */
const DECIBELS = 0.5;

/** What ops that stay float32 where the official ones are integers have to gain. */
const ISLAND_DECIBELS = 3;

/** From here on an output is as good as exact: what differs is the rounding of a few elements. */
const EXACT_DB = 60;

/** The part of the elements of integer and boolean outputs that may differ in ours and not in the official ones. */
const DIFFERENT = 0.02;

/** What files differ in beside the model: names, signatures, versions. */
const OVERHEAD = { factor: 1.1, bytes: 256 };

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);
const list = (counts) =>
  Object.entries(counts)
    .map(([op, count]) => (count === 1 ? op : `${count} ${op}`))
    .join(', ');

/** Two standard deviations of the difference of two ratios, in dB, where errors are even and measured on `elements`. */
export const uncertainty = (elements) => 11 / Math.sqrt(Math.max(1, elements));

/**
 * Gives what is wrong with our `models` of a case (`float32`, `int8`, `int8-only` with integer inputs and outputs, `dynamic`; each
 * what quantized_cases.py measured, or `{ error }`), beside the `official` ones (`int8`, `dynamic`; a string is why
 * there is none). A float island is an op with float32 data in a model that converts between float32 and integers, but
 * for those that only look at inputs of the model.
 */
export function judgeQuantized(models, official) {
  const problems = [];
  const { int8, dynamic } = models;
  for (const name of ['float32', 'int8', 'dynamic']) {
    if (models[name]?.error !== undefined) problems.push(`${name}: ${models[name].error}`);
  }
  if (problems.length > 0) return problems;
  if (isMade(official.int8)) {
    // Where the official converter leaves nothing in float32, everything has a kernel.
    if (!official.int8.float) problems.push(...wholly(models['int8-only']), ...islands(int8, official.int8));
    // Where it leaves more than we do, its file is another kind of model.
    if (sum(int8.float) >= sum(official.int8.float ?? {})) problems.push(...costs('int8', int8, official.int8));
  }
  if (isMade(official.dynamic)) {
    // What the model converts by itself is no cost of quantizing it.
    const own = models.float32?.conversions ?? 0;
    const conversions = Math.max(own, official.dynamic.conversions ?? 0);
    problems.push(...costs('dynamic', dynamic, { ...official.dynamic, conversions }));
  }
  return problems;
}

const isMade = (model) => typeof model === 'object';

function wholly(model) {
  if (model.error !== undefined) return [`int8-only: ${model.error}`];
  return sum(model.float) > 0 ? [`int8-only: float32 are ${list(model.float)}`] : [];
}

function islands(ours, official) {
  if (ours.conversions === 0 || sum(ours.islands) === 0) return [];
  if (ours.db !== null && official.db !== undefined && ours.db >= official.db + ISLAND_DECIBELS) return [];
  return [`int8: float32 are ${list(ours.islands)}, at ${ours.db} dB; official: none, at ${official.db} dB`];
}

function costs(name, ours, official) {
  const problems = [];
  if (ours.conversions > (official.conversions ?? 0)) {
    problems.push(`${name}: ${ours.conversions} conversions; official: ${official.conversions ?? 0}`);
  }
  if (ours.size > official.size * OVERHEAD.factor + OVERHEAD.bytes) {
    problems.push(`${name}: ${ours.size} bytes; official: ${official.size}`);
  }
  if (official.db !== undefined && ours.db !== null) {
    const bar = Math.min(official.db, EXACT_DB) - DECIBELS - uncertainty(ours.elements);
    if (ours.db < bar)
      problems.push(`${name}: ${ours.db} dB; official: ${official.db} dB, of ${ours.elements} elements`);
  }
  if (official.same !== undefined && ours.same !== null && ours.same < official.same - DIFFERENT) {
    problems.push(`${name}: ${ours.same} of the elements are right; official: ${official.same}`);
  }
  return problems;
}
