import { DiagnosticError, kindOf } from '#diagnostics/diagnostic.js';
import { signatureToJudge } from '#evaluate/evaluate-models.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { openModelFile } from '#runtime/open-interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';

const WARM_UP = 3;
/** Enough for a median; fewer of models that take longer than this together. */
const ROUNDS = 40;
const MOST_MS = 10_000;

/**
 * How long one file takes against another, on the same random inputs, in turns, so that a change of the machine's speed
 * meets both: the median of the rounds' ratios. Undefined where LiteRT does not run one of them.
 */
export async function latencyRatio(file: string, base: string): Promise<number | undefined> {
  if (file === base) return 1;
  const opened = await Promise.all([file, base].map(openUnlessRefused));
  const [own, other] = opened;
  try {
    if (!own || !other) return undefined;
    const signatures = [own, other].map(signatureToJudge);
    const inputs = signatures.map((signature) => randomInputs(signature, { seed: 1 }));
    const time = async (index: number): Promise<number> => {
      const start = performance.now();
      const { key } = signatures[index] as (typeof signatures)[0] & object;
      await (index === 0 ? own : other).run(inputs[index] as (typeof inputs)[0] & object, { signature: key });
      return performance.now() - start;
    };
    const ratios: number[] = [];
    const start = performance.now();
    for (let round = 0; round < ROUNDS + WARM_UP; round++) {
      // Whoever comes second finds the caches warm: each does in turn.
      const first = round % 2;
      const times = [0, 0];
      times[first] = await time(first);
      times[1 - first] = await time(1 - first);
      if (round >= WARM_UP) ratios.push((times[0] as number) / (times[1] as number));
      if (ratios.length > 2 && performance.now() - start > MOST_MS) break;
    }
    return ratios.sort((a, b) => a - b)[ratios.length >> 1];
  } finally {
    await Promise.all(opened.map((interpreter) => interpreter?.dispose()));
  }
}

async function openUnlessRefused(path: string): Promise<Interpreter | undefined> {
  try {
    return await openModelFile(path, { flavour: 'relaxed' });
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.every((found) => kindOf(found) === 'unsupported')) {
      return undefined;
    }
    throw error;
  }
}
