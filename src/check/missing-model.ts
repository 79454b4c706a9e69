import { plainCheck } from '#gate/checks/check.js';
import type { Variant } from '#record/record.js';
import type { CheckedModel } from './check-model.js';
import { schemeOf } from './make-file.js';
import type { ModelTask } from './model-task.js';

/** What a run says of a model whose folder is gone. */
export function missingModel({ model, hasBase }: Pick<ModelTask, 'model' | 'hasBase'>): CheckedModel {
  const reason = `${model.path} is no longer there, and the base checks it.`;
  const variants = model.variants.map(
    (variant): Variant => ({
      name: variant.name,
      scheme: schemeOf(variant),
      engine: 'native',
      verdict: 'missing',
      file: null,
      figures: null,
      base: null,
      metrics: [],
      nan: { rows: 0, first: null },
      layers: [],
      float: [],
      targets: [],
      checks: [
        plainCheck({
          id: 'missing',
          kind: 'missing',
          limit: null,
          limitText: '',
          measured: null,
          unit: 'count',
          verdict: 'fail',
          reason,
        }),
      ],
      findings: [],
    }),
  );
  return {
    record: {
      name: model.name,
      path: model.path,
      status: hasBase ? 'missing' : 'alone',
      savedModel: null,
      data: null,
      judgedBy: model.judgedBy,
      variants,
      findings: [],
    },
    measured: { judging: '', variants: new Map() },
    files: new Map(),
    timing: [],
  };
}
