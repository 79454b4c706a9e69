import { z } from 'zod';
import { engines, failures, ioTypes, RANDOM, recipeNames, runtimes, schemes, targetNames } from '../choices.js';
import { evaluateSchema } from './evaluate-schema.js';
import { limitsSchema } from './limits-schema.js';
import { isTarget, targetExamples } from './parse-target.js';
import { choice, count, flag, listOf, map, partial, plainName, quantity, relativePath, text } from './schema-parts.js';

const recipe = relativePath(
  `How to quantize, op by op: a ready recipe (${recipeNames.map((each) => `\`${each}\``).join(', ')}) or a YAML file.`,
).refine((value) => /[/.]/.test(value) || recipeNames.some((each) => each === value), {
  error: `must be a YAML file or one of ${recipeNames.join(', ')}`,
  params: { choices: recipeNames },
});

const representativeData = relativePath(
  `Samples of inputs for schemes that quantize activations: a data set, or \`${RANDOM}\` to try things out. Pictures and recordings become inputs as \`evaluate\` says.`,
);

/** What may be said for all variants of a model, and for one. */
const conversion = {
  engine: choice(engines, 'What converts: this tool, the official converter, or the latter where the former refuses.'),
  'select-tf-ops': flag(
    'Whether ops without a TFLite kernel may stay TensorFlow ops (Flex), which needs a larger runtime.',
  ),
  'allow-custom-ops': listOf(
    text('Name of an op in TensorFlow.'),
    'Ops that may become custom ops, whose kernels the application brings.',
  ),
  replacements: listOf(
    relativePath('Name of a ready rule, or a YAML file of rules.'),
    'Rules that write ops by others before conversion.',
  ),
  'fuse-rnn': flag(
    'Whether recurrent layers become single ops, which keep their state between runs. By default false.',
  ),
  'representative-data': representativeData,
} as const;

const targets = listOf(
  text('A runtime or an accelerator.').refine(isTarget, {
    error: `must be ${targetExamples}`,
    params: { choices: [...targetNames, 'tpu'], synonyms: { tpu: 'edge-tpu' } },
  }),
  `What the model has to run on: ${targetExamples}.`,
);

const variant = map(
  {
    name: plainName('For the name of the file, and in reports. By default the scheme or the recipe.').optional(),
    quantize: choice(schemes, 'Scheme for all ops. By default `float32`.').optional(),
    recipe: recipe.optional(),
    calibration: relativePath(
      'File of ranges by `convert --save-calibration`, in place of representative data.',
    ).optional(),
    'io-type': choice(
      ioTypes,
      'Type of the inputs and outputs that are float in the SavedModel. By default `float32`.',
    ).optional(),
    ...partial(conversion),
    limits: limitsSchema.optional(),
    targets: targets.optional(),
  },
  'One `.tflite` file to make of the model.',
);

const DIMENSION = 'must be a size of 1 or more, or `?`';
const dimension = z.union([z.int({ error: DIMENSION }).min(1, { error: DIMENSION }), z.literal('?'), z.null()], {
  error: DIMENSION,
});

/** What defaults and models have in common. */
const model = {
  signatures: listOf(text('Key of a signature.'), 'Which signatures to convert. By default all.'),
  tags: listOf(text('A tag.'), 'Tags of the meta graph. By default the only one, or `serve`.'),
  variants: z
    .array(
      z.union([choice([...schemes, ...recipeNames], 'A scheme or a ready recipe.'), variant], {
        error: 'must be a scheme, a recipe, or a map such as `{ quantize: int8 }`',
      }),
      { error: 'must be a list' },
    )
    .min(1, { error: 'must hold at least one' })
    .meta({ description: 'What to make of each model: schemes, ready recipes, or maps. By default `[float32]`.' }),
  evaluate: evaluateSchema,
  verify: choice(
    ['none', 'tensorflow'],
    'Whether TensorFlow itself runs the SavedModel on the data for comparison. By default `none`.',
  ),
  limits: limitsSchema,
  targets,
  baseline: relativePath(
    'What models are compared with: `base`, the base commit of a pull request (the default); `none`; or a file by `tflite-gate baseline --write`.',
  ),
  ...conversion,
} as const;

const shapes = z
  .record(z.string(), z.array(dimension, { error: 'must be a list of sizes' }), { error: 'must be a map' })
  .meta({
    description: 'Shapes of inputs by name, where the SavedModel leaves them open: `{ image: [1, 224, 224, 3] }`.',
  });

const modelEntry = map(
  {
    path: relativePath(
      'Folder of a SavedModel, or a glob of such folders: `*` for any characters, `**` for any folders.',
    ),
    name: text(
      'For files and reports. By default from the folder. With several matches it has to hold `{name}`, the default name.',
    )
      .refine((value) => /^[A-Za-z0-9_][\w.-]{0,99}$/.test(value.replace('{name}', 'n')), {
        error:
          'must be of letters, digits, `.`, `_` and `-`, and at most 100 characters; `{name}` stands for the default name',
      })
      .optional(),
    'input-shapes': shapes.optional(),
    ...partial(model),
  },
  'SavedModels, what to make of them, and what they have to hold.',
);

const report = map(
  {
    comment: flag('Whether pull requests get a comment. By default true.').optional(),
    annotations: flag('Whether findings are shown at the files. By default true.').optional(),
    'artifact-name': text(
      'Name of the artifact with models and report, `none` for no artifact. By default `tflite-models`.',
    )
      .refine((value) => !/[":<>|*?\\/\r\n]/.test(value), { error: 'must not hold any of " : < > | * ? \\ /' })
      .optional(),
    'retention-days': count(1, 'Days that the artifact is kept.', 90).optional(),
  },
  'What is shown and kept on GitHub.',
);

/** The file as users write it. Nothing is changed while it is checked. */
export const configSchema = map(
  {
    $schema: text('For editors.').optional(),
    version: z
      .literal(1, { error: 'must be 1, the only version there is' })
      .meta({ description: 'Version of this format.' }),
    defaults: map(partial(model), 'What holds for all models that do not say otherwise.').optional(),
    models: z
      .array(modelEntry, { error: 'must be a list of maps, each with a `path`' })
      .min(1, { error: 'must hold at least one model; leave it out for every SavedModel of the repository' })
      .optional()
      .meta({ description: 'By default every SavedModel of the repository.' }),
    'allow-code': flag(
      'Whether code of the repository may run: metric and data modules, rules in code. It counts only where it stands in the base of a pull request, whose own code may then run as well.',
    ).optional(),
    'allow-limit-changes': flag(
      'Whether a pull request is judged by its own limits and data rather than those of its base. It counts only where it stands in the base.',
    ).optional(),
    'fail-on': z
      .union([z.literal('none'), z.array(choice(failures, 'A kind of verdict.')).min(1)], {
        error: `must be \`none\`, or a list of ${failures.join(', ')}`,
      })
      .optional()
      .meta({ description: 'Which verdicts fail the run. By default all.' }),
    runtime: choice(
      runtimes,
      'What runs models, to calibrate and to judge them: `wasm`, LiteRT as it comes along, or `native`, the library of the Python package `ai-edge-litert`. By default `wasm`.',
    ).optional(),
    python: text(
      'The Python that has TensorFlow, for the `tensorflow` engine, or `ai-edge-litert`, for the `native` runtime. By default `python3`.',
    ).optional(),
    'engine-setup': choice(
      ['none', 'auto'],
      '`auto` makes a Python environment with a pinned TensorFlow, or for the `native` runtime `ai-edge-litert`, where there is none.',
    ).optional(),
    'engine-time-limit': quantity(
      'seconds',
      'What the `tensorflow` engine may take for one model. By default 30 min.',
    ).optional(),
    'engine-memory': quantity('bytes', 'What memory the `tensorflow` engine may take.').optional(),
    cache: relativePath(
      'Folder of results that are used again, `none` for none. By default `.cache/tflite-gate`.',
    ).optional(),
    workers: count(1, 'How many models are worked on at once. By default one a processor.', 1024).optional(),
    memory: quantity('bytes', 'What memory all workers may take together.').optional(),
    report: report.optional(),
  },
  'What TFLite Gate checks in this repository.',
);

/** A checked file. */
export type ConfigFile = z.infer<typeof configSchema>;
export type ModelFile = z.infer<typeof modelEntry>;
export type VariantFile = z.infer<typeof variant>;
