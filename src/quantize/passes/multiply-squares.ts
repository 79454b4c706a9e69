import type { Op } from '#ir/graph.js';
import { definePass, type Pass } from '#passes/pass.js';
import * as tfl from '#tflite/ops/index.js';
import type { QuantizationJob } from '../job.js';
import { isStatic } from '../recipe.js';

/** SQUARE has no kernel for integers; MUL has, and computes the same of x and x. */
export function multiplySquares(job: QuantizationJob): Pass {
  return definePass({
    name: 'multiply-squares',
    summary: 'Writes squares of data that are to be integers as products, which have a kernel for them.',
    run(module, { editor }) {
      for (const region of module.regions()) {
        for (const op of region.ops()) {
          const treatment = op.is(tfl.Square) ? job.treatmentOf(op as unknown as Op) : undefined;
          if (!treatment || !isStatic(treatment.scheme)) continue;
          const x = op.operand(0);
          const product = editor.create({ region, before: op }, tfl.Mul, [x, x], tfl.Mul.options, op.location);
          job.succeed(op, product as unknown as Op);
          editor.replace(op, [product.result()]);
        }
      }
    },
  });
}
