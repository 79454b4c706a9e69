import type { QuantizedModel } from '#quantize-model.js';
import { plural } from './format.js';

/** Ops of one kind that are told apart by why they stayed float. */
const SHOWN = 5;

/** What became of the ops, and why some stayed float. */
export function quantizationLines({ counts, ops }: QuantizedModel['report']): string[] {
  const made = Object.entries(counts).filter(([, count]) => count > 0);
  const reasons = new Map<string, number>();
  for (const { op, reason, wanted } of ops) {
    // Where only weights are quantized, ops without any have nothing to be told of.
    if (reason !== undefined && wanted.startsWith('int') && wanted !== 'int4')
      reasons.set(`${op}: ${reason}`, (reasons.get(`${op}: ${reason}`) ?? 0) + 1);
  }
  const frequent = [...reasons].sort((a, b) => b[1] - a[1]);
  const hidden = frequent.slice(SHOWN).reduce((sum, [, count]) => sum + count, 0);
  return [
    `of the ops that compute with floats: ${made.map(([applied, count]) => `${count} ${applied}`).join(', ')}`,
    ...frequent.slice(0, SHOWN).map(([reason, count]) => `${plural(count, 'op')} not as wanted, ${reason}`),
    ...(hidden > 0 ? [`and ${plural(hidden, 'op')} more, for reasons that --report lists`] : []),
  ];
}
