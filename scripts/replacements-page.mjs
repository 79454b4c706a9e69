// The lines of docs/replacements.md: how rules are written, and the ready ones.
import { readyTexts } from '../build/tensorflow/replacements/ready-texts.js';

const introduction = `
Where TFLite has no op for what a model does, a rule can write it with other TensorFlow ops while the model is converted;
the model itself stays as it is. Rules are named on the command line:

\`\`\`
tflite-gate convert saved_model -o model.tflite --replacements erf-tanh --replacements my-rules.yaml
\`\`\`

A source is the name of a ready rule (below), a YAML file, or an ES module (\`.mjs\`).

## How a rule is written

\`\`\`yaml
name: half-sine
pattern:
  y: Mul(Sin(x), 0.5)
where:
  x: { dtype: float32 }
replacement:
  cube: Mul(Mul(x, x), x)
  y: Mul(Sub(x, Mul(cube, 0.16666667)), 0.5)
samples:
  x: [-0.5, 0.5]
tolerance: 0.001
\`\`\`

- \`pattern\`: names and the ops that they stand for. The last one gives the results; names that nothing defines stand for
  any value. Ops have TensorFlow's names (\`tf.raw_ops\`), operands in their order, then attributes that have to be as
  written. A number or list is a constant of the model. \`Add|AddV2(x, y)\` is either op, \`axis=$axis\` takes any value of
  the attribute and gives it a name, and \`values, indices\` are the two results of one op.
- \`where\`: what open values have to be: \`dtype\` (one or a list), \`rank\`, \`shape\` (\`null\` for any size), \`constant\`.
- \`replacement\`: the ops to put in, in the same notation. Types of elements follow from the operands; an attribute may be
  \`$axis\`, or \`dtype(x)\`. A constant has the type that the op needs; a name alone is an identity.
- \`samples\`: from where to where inputs are sampled; -3 to 3 where nothing is said.
- \`tolerance\`: the largest difference of results, absolute up to results of 1, relative to the largest result beyond.

A file may hold several rules in a list under \`rules\`. Texts with commas inside \`{ }\` have to be quoted.

## What is checked

The results of a replacement must have the types and shapes of what they replace, at every place where the rule applies.
Then both sides are run on the same sampled inputs. A difference beyond the tolerance is an error that shows it; where a
side cannot be run, the report says that the replacement is unverified. Rules apply once, in the order in which they are
named; what a rule puts in is not looked at again. \`--explain apply-replacements\` tells why ops were left alone.

## Rules in code

An ES module exports a rule, or a list of them, as its default. Its pattern is written as in YAML; \`replace\` makes the
ops, and can look at types and shapes. It runs as a part of the converter: name only modules that you trust.

\`\`\`js
export default {
  name: 'mean-of-last',
  pattern: { y: 'SomeMean(x)' },
  tolerance: 1e-5,
  replace({ values: { x } }, build) {
    const axis = x.type.shape.length - 1;
    return build.op('Mean', [x, [axis]], { keep_dims: false });
  },
};
\`\`\`

\`build.op(name, operands, attributes)\` gives the result of a new op, \`build.results\` all of its results, and
\`build.constant(value, dtype)\` a constant; operands may be numbers and lists.

## Ready rules

Each is tested against TensorFlow on a model of its own, in \`test/tensorflow/replacements\`.
`;

/** The lines of a rule's graph. */
function graph(definitions) {
  return Object.entries(definitions).map(([names, text]) => `  ${names}: ${text}`);
}

function condition([name, conditions]) {
  const parts = Object.entries(conditions).map(([key, value]) => `${key} ${JSON.stringify(value).replaceAll('"', '')}`);
  return `\`${name}\`: ${parts.join(', ')}`;
}

export function replacementLines() {
  const rules = readyTexts.flatMap(({ name, summary, about, pattern, replacement, where, samples, tolerance }) => [
    '',
    `### ${name}`,
    '',
    `${summary} ${about}`,
    '',
    '```yaml',
    'pattern:',
    ...graph(pattern),
    'replacement:',
    ...graph(replacement),
    '```',
    '',
    `- Tolerance: ${tolerance}${
      samples
        ? `, on ${Object.entries(samples)
            .map(([key, [least, most]]) => `\`${key}\` from ${least} to ${most}`)
            .join(', ')}`
        : ''
    }.`,
    ...(where ? [`- Only where ${Object.entries(where).map(condition).join('; ')}.`] : []),
  ]);
  return [...introduction.trim().split('\n'), ...rules];
}
