import { z } from 'zod';
import { boxFormats, labelTypes, metricFacts, metricNames, RANDOM } from '../choices.js';
import {
  choice,
  count,
  factor,
  flag,
  insidePath,
  listOf,
  map,
  partial,
  plainName,
  relativePath,
  text,
  whole,
} from './schema-parts.js';

const metricName = text(`One of ${metricNames.join(', ')} (\`top-K\` for any K), or a module \`./metric.mjs\`.`).refine(
  (value) => metricFacts(value) !== undefined || /\.m?js$/.test(value),
  {
    error: `must be one of ${metricNames.join(', ')}, or a module such as \`./metric.mjs\``,
    params: {
      choices: [...metricNames, 'accuracy', 'iou', 'auc', 'mse'],
      synonyms: { accuracy: 'top-1', iou: 'mean-iou', auc: 'roc-auc', mse: 'rmse' },
    },
  },
);

const metricOptions = {
  output: text('The output that is judged. By default the only one.'),
  label: text('Key of the labels in the data. By default `label`.'),
  'label-type': choice(labelTypes, 'How labels tell classes. By default `int64`.'),
  'label-offset': whole('Added to labels to give the place of their class in the output.'),
  'ignore-label': whole('Rows or pixels with this label do not count, for `mean-iou`.'),
  scores: choice(['probabilities', 'logits'], 'What the output is. By default `probabilities`.'),
  against: choice(
    ['labels', 'float'],
    'What errors are measured from, for `mae`, `rmse`, `r2`, `cosine`, `sqnr`, `max-error`.',
  ),
  detection: map(
    partial({
      boxes: text('Output of shape [batch, detections, 4].'),
      classes: text('Output of shape [batch, detections].'),
      scores: text('Output of shape [batch, detections].'),
      count: text('Output of shape [batch].'),
    }),
    'For `map`: outputs that their own names do not tell.',
  ),
  'box-format': choice(boxFormats, 'For `map`: how the model gives boxes. By default `yxyx`.'),
  'label-box-format': choice(boxFormats, 'For `map`: how the data gives boxes. By default as the model.'),
  crowd: flag('For `map`: whether the data has a key `crowd`.'),
} as const;

const metricMap = map(
  {
    metric: insidePath(metricName),
    name: plainName('What limits and reports call it. By default the metric.').optional(),
    ...partial(metricOptions),
  },
  'A metric with options.',
);

const metric = z.union([insidePath(metricName), metricMap], {
  error: 'must be the name of a metric, or a map with `metric`',
});

const perChannel = (summary: string) =>
  z
    .union([z.number(), z.array(z.number()).min(1)], { error: 'must be a number, or a list of one a channel' })
    .meta({ description: summary });

const image = map(
  partial({
    fit: choice(
      ['stretch', 'crop', 'pad'],
      'How a picture gets the size of the input: all of it, its middle, or all of it on a ground. By default `stretch`.',
    ),
    'shorter-side': count(1, 'For `crop`: the shorter side of the picture in pixels before its middle is cut out.'),
    padding: factor('For `pad`: the pixels around the picture, from 0 to 255. By default 0.'),
    antialias: flag('Whether all pixels count where a picture becomes smaller, as in Pillow. By default false.'),
    scale: factor('Pixels of 0 to 255 are multiplied by it. By default 1.'),
    mean: perChannel('Taken from scaled pixels. By default 0.'),
    std: perChannel('By what the result is divided. By default 1.'),
    order: choice(['rgb', 'bgr'], 'Order of the channels. By default `rgb`.'),
  }),
  'How pictures become inputs.',
);

const audio = map(
  partial({
    'sample-rate': count(1, 'Samples a second that the model takes. By default those of the first recording.'),
    resample: flag('Whether recordings at another rate are changed to it; else they are refused.'),
    mono: choice(['mean', 'left', 'right'], 'What a model of one channel gets of more.'),
    length: choice(
      ['exact', 'fit'],
      '`fit` cuts recordings that are too long, and adds silence to others. By default `exact`.',
    ),
    align: choice(['start', 'middle'], 'For `fit`: which part of the recording stays. By default `start`.'),
    scale: factor('Samples of -1 to 1 are multiplied by it. By default 1.'),
  }),
  'How recordings become inputs.',
);

/** `evaluate` of defaults and models. */
export const evaluateSchema = map(
  {
    data: relativePath(
      `What to judge the model on: .npz, .npy, .csv, .jsonl, .tfrecord, a folder of pictures or sounds, a module; or \`${RANDOM}\`, which is the default and weak evidence.`,
    ).optional(),
    labels: listOf(text('Name of a column.'), 'Columns of a table that are labels. By default `[label]`.').optional(),
    classes: listOf(
      text('Name of a class.'),
      'Names of the classes in the order of the model’s outputs, for labels that are texts.',
    ).optional(),
    'label-file': relativePath(
      'For folders: the table of labels, relative to the folder. By default `labels.csv` and the like.',
    ).optional(),
    metrics: z.array(metric, { error: 'must be a list' }).min(1, { error: 'must hold at least one' }).optional().meta({
      description: 'How to judge. The first is `accuracy` in limits. By default `agreement` with the float model.',
    }),
    batch: count(1, 'Rows that are run at once.').optional(),
    limit: count(
      1,
      'How many samples are used: the first ones, or with `seed` some from all over. By default all.',
    ).optional(),
    seed: count(0, 'Which samples `limit` takes, and which random inputs.').optional(),
    image: image.optional(),
    audio: audio.optional(),
  },
  'On what data and by what measures models are judged.',
);

export type EvaluateFile = z.infer<typeof evaluateSchema>;
export type MetricFile = z.infer<typeof metricMap>;
