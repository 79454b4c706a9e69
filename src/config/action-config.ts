import { z } from 'zod';
import { fail } from '#diagnostics/diagnostic.js';

/** What the action does, from its inputs. */
export interface ActionConfig {
  /** Globs of SavedModel folders; empty for all of the repository. */
  readonly models: readonly string[];
  readonly outputDirectory: string;
  /** Undefined where nothing is to be uploaded. */
  readonly artifactName: string | undefined;
  /** Verdicts that fail the step. Invalid input always does. */
  readonly failOn: ReadonlySet<'unsupported'>;
}

const separated = (pattern: RegExp) =>
  z.string().transform((value) =>
    value
      .split(pattern)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

const inputs = z.object({
  models: separated(/\r?\n/),
  'output-directory': z.string().transform((value) => value.trim() || 'tflite-gate'),
  'artifact-name': z
    .string()
    .transform((value) => value.trim() || 'tflite-models')
    .refine((value) => !/[":<>|*?\\/\r\n]/.test(value), 'must not hold any of " : < > | * ? \\ / or a line break'),
  'fail-on': separated(/[,\s]+/).pipe(
    z
      .array(z.enum(['unsupported', 'none'], 'may be `unsupported` or `none`'))
      .refine((list) => list.length < 2 || !list.includes('none'), '`none` stands alone'),
  ),
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
  return {
    models: data.models,
    outputDirectory: data['output-directory'],
    artifactName: data['artifact-name'] === 'none' ? undefined : data['artifact-name'],
    failOn: new Set(data['fail-on'].includes('none') ? [] : ['unsupported']),
  };
}
