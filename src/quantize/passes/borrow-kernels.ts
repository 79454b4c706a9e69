import type { Op } from '#ir/graph.js';
import { definePass, type Pass } from '#passes/pass.js';
import * as tfl from '#tflite/ops/index.js';
import type { QuantizationJob } from '../job.js';
import { isStatic, type Scheme } from '../recipe.js';

/** SQUARE and ZEROS_LIKE have no kernels for integers; MUL has one, which gives x × x, and SUB, which gives x − x. */
export function borrowKernels(job: QuantizationJob): Pass {
  return definePass({
    name: 'borrow-kernels',
    summary: 'Writes squares and zeros of data that are to be integers by ops that have a kernel for them.',
    run(module, { editor }) {
      for (const region of module.regions()) {
        for (const op of region.ops()) {
          const scheme = job.treatmentOf(op)?.scheme;
          const definition = scheme && lenderOf(op, scheme);
          if (!definition) continue;
          const x = op.operand(0);
          const next = editor.create({ region, before: op }, definition, [x, x], definition.options, op.location);
          job.succeed(op, next as unknown as Op);
          editor.replace(op, [next.result()]);
        }
      }
    },
  });
}

function lenderOf(op: Op, scheme: Scheme) {
  if (op.is(tfl.Square) && isStatic(scheme)) return tfl.Mul;
  // In float32, infinity less infinity is not zero.
  if (op.is(tfl.ZerosLike) && scheme === 'int8-only') return tfl.Sub;
  return undefined;
}
