import { z } from 'zod';
import { fail } from '#diagnostics/diagnostic.js';
import type { Overrides } from './apply-overrides.js';
import { engines, failures, runtimes } from './choices.js';
import { NONE } from './file/schema-parts.js';
import { parseQuantity } from './quantity.js';

/** What the action does, from its inputs. What they leave open, the configuration says. */
export interface ActionConfig {
  /** The configuration's file, relative to the workspace; undefined for the one that is there. */
  readonly config: string | undefined;
  /** Paths or globs of SavedModels' folders; empty for all of the configuration's. */
  readonly models: readonly string[];
  /** A commit, or `none`; undefined for the pull request's base. */
  readonly base: string | undefined;
  readonly outputDirectory: string;
  readonly shard: { readonly index: number; readonly count: number } | undefined;
  readonly overrides: Overrides;
  readonly token: string | undefined;
  /** JSON of the job's matrix, by which jobs of one workflow are told apart; empty for none. */
  readonly matrix: string;
}

function separated(text: string, pattern: RegExp): string[] {
  return text
    .split(pattern)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const text = z.string().transform((value) => value.trim() || undefined);

const flag = text.pipe(
  z
    .enum(['true', 'false'], 'must be `true` or `false`')
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true')),
);

const whole = text.pipe(
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .optional()
    .transform((value) => (value === undefined ? undefined : Number(value))),
);

const inputs = z.object({
  config: text,
  models: z.string().transform((value) => separated(value, /\r?\n/)),
  base: text,
  'output-directory': z.string().transform((value) => value.trim() || 'tflite-gate'),
  shard: text.pipe(
    z
      .string()
      .regex(/^[1-9]\d*\/[1-9]\d*$/, 'must be K/N, as in `1/3`')
      .transform((value) => {
        const [index = 0, count = 0] = value.split('/').map(Number);
        return { index, count };
      })
      .refine(({ index, count }) => index <= count, 'must be K/N with K up to N')
      .optional(),
  ),
  'fail-on': z
    .string()
    .transform((value) => separated(value, /[,\s]+/))
    .pipe(
      z
        .array(z.enum([...failures, NONE], `may be any of ${failures.join(', ')}, or ${NONE}`))
        .refine((list) => list.length < 2 || !list.includes(NONE), `\`${NONE}\` stands alone`),
    ),
  strict: flag,
  'allow-limit-changes': flag,
  baseline: text,
  cache: text,
  engine: text.pipe(z.enum(engines, `must be one of ${engines.join(', ')}`).optional()),
  runtime: text.pipe(z.enum(runtimes, 'must be `wasm` or `native`').optional()),
  'engine-setup': text.pipe(z.enum(['none', 'auto'], 'must be `none` or `auto`').optional()),
  python: text,
  verify: text.pipe(z.enum(['none', 'tensorflow'], 'must be `none` or `tensorflow`').optional()),
  workers: whole,
  memory: text.pipe(
    z
      .string()
      .refine((value) => parseQuantity(value, 'bytes') !== undefined, 'must be a size such as `4 GB`')
      .transform((value) => parseQuantity(value, 'bytes'))
      .optional(),
  ),
  limit: whole,
  seed: whole,
  comment: flag,
  annotations: flag,
  'artifact-name': text.pipe(
    z
      .string()
      .refine((value) => !/[":<>|*?\\/\r\n]/.test(value), 'must not hold any of " : < > | * ? \\ / or a line break')
      .optional(),
  ),
  'retention-days': whole,
  token: text,
  matrix: z.string().transform((value) => (/^\s*(?:null|\{\s*\})?\s*$/.test(value) ? '' : value.trim())),
});

/** The names of the action's inputs. */
export const actionInputNames = Object.keys(inputs.shape) as readonly (keyof typeof inputs.shape)[];

/** Validates the action's inputs, empty strings for those not given. Throws a DiagnosticError that names each bad one. */
export function parseActionInputs(raw: Readonly<Record<string, string>>): ActionConfig {
  const parsed = inputs.safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `The input "${issue.path[0]?.toString() ?? '?'}" ${issue.message}.`,
    );
    fail('invalid-option', {
      detail: problems.join(' '),
      help: ['The inputs are described in action.yml and README.md.'],
    });
  }
  const { data } = parsed;
  const failOn = data['fail-on'].filter((kind) => kind !== NONE);
  return {
    config: data.config,
    models: data.models,
    base: data.base,
    outputDirectory: data['output-directory'],
    shard: data.shard,
    overrides: {
      ...(data['fail-on'].length === 0 ? {} : { failOn }),
      allowLimitChanges: data['allow-limit-changes'],
      strict: data.strict,
      baseline: data.baseline,
      cache: data.cache,
      engine: data.engine,
      runtime: data.runtime,
      engineSetup: data['engine-setup'],
      python: data.python,
      verify: data.verify,
      workers: data.workers,
      memory: data.memory,
      limit: data.limit,
      seed: data.seed,
      comment: data.comment,
      annotations: data.annotations,
      artifactName: data['artifact-name'],
      retentionDays: data['retention-days'],
    },
    token: data.token,
    matrix: data.matrix,
  };
}
