import { definePass } from '#passes/pass.js';
import { kernelExists, missingKernel } from '../kernel-exists.js';

/** The last word before the file is written: a model that LiteRT refuses, or worse, is of no use to anybody. */
export const checkKernels = definePass({
  name: 'check-kernels',
  summary: 'Reports every op whose element types or shapes no LiteRT kernel takes.',
  ensures: [kernelExists],
  run(module, { collector }) {
    for (const op of module.ops()) {
      const missing = missingKernel(op);
      if (!missing) continue;
      collector.add('unsupported-op', {
        op: op.name.replace(/^tfl\./, '').toUpperCase(),
        detail: missing.reason,
        locations: [op.location],
        help: missing.help,
        pass: 'check-kernels',
      });
    }
  },
});
