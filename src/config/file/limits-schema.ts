import { z } from 'zod';
import { flag, limitOrNone, listOf, map, NONE, orNone, quantityOrNone, text } from './schema-parts.js';

const metricLimits = map(
  {
    min: limitOrNone('number', 'The least value, for metrics of which more is better.').optional(),
    max: limitOrNone('number', 'The greatest value, for metrics of which less is better.').optional(),
    'max-drop': limitOrNone('number', 'How much worse than its float reference a variant may be.').optional(),
    'max-regression': limitOrNone('number', 'How much worse than that of the base a model may be.').optional(),
  },
  'A plain number is in the metric’s own unit, one with % relative to what it is compared with.',
);

function growth(unit: 'bytes' | 'count', what: string) {
  return {
    max: quantityOrNone(unit, `The greatest ${what}.`).optional(),
    'max-increase': limitOrNone(unit, `By how much the ${what} may grow from that of the base.`).optional(),
  };
}

const opNames = (summary: string) =>
  listOf(
    text('Name of a TFLite op, `*` for any characters: `CONV_2D`, `*POOL_2D`, `Flex*`.').refine(
      (value) => /^[\w*?:.-]+$/.test(value),
      { error: 'must be the name of a TFLite op such as `CONV_2D`' },
    ),
    summary,
  );

/** `limits` of defaults, models and variants. `none` takes back what holds further up. */
export const limitsSchema = map(
  {
    accuracy: orNone(metricLimits).optional().meta({ description: 'Limits of the first metric.' }),
    metrics: z
      .record(z.string(), orNone(metricLimits), { error: 'must be a map of metrics' })
      .optional()
      .meta({ description: 'Limits of metrics by name.' }),
    size: orNone(map(growth('bytes', 'size of the file'), 'Size of the `.tflite` file.')).optional(),
    ops: orNone(
      map(
        {
          ...growth('count', 'number of ops'),
          allow: opNames('The only ops that may be in the model.').optional(),
          deny: opNames('Ops that may not be in the model.').optional(),
        },
        'Ops of the model.',
      ),
    ).optional(),
    macs: orNone(map(growth('count', 'number of multiply-accumulates'), 'Multiply-accumulates of a run.')).optional(),
    'peak-memory': orNone(
      map(growth('bytes', 'planned memory'), 'Memory of activations, as the runtime plans it.'),
    ).optional(),
    latency: orNone(
      map(
        {
          'max-ratio': z
            .union([z.number().gt(0, { error: 'must be over 0' }), z.literal(NONE)], {
              error: 'must be a number such as 1.2, or `none`',
            })
            .optional()
            .meta({ description: 'Time of a run, as a multiple of that of the base’s model measured beside it.' }),
        },
        'Time of a run.',
      ),
    ).optional(),
    strict: flag('Whether a measured drop fails even where it may be noise. By default false.').optional(),
  },
  'What may not get worse.',
);

export type LimitsFile = z.infer<typeof limitsSchema>;
export type MetricLimitsFile = z.infer<typeof metricLimits>;
