// The lines of docs/configuration.md, and docs/config.schema.json, from the schema of the configuration.
import { configJsonSchema } from '../build/config/file/json-schema.js';

const EXAMPLE = `version: 1
defaults:
  limits: { size: { max-increase: 5% } }
models:
  - path: examples/digits/saved_model
    name: digits
    variants:
      - float32
      - { name: int8, quantize: int8, representative-data: examples/digits/calibration.npz }
    evaluate:
      data: examples/digits/test.npz
      metrics: [top-1]
    limits:
      accuracy: { min: 0.95, max-drop: 0.01, max-regression: 0.005 }
      size: { max: 200 kB, max-increase: 5% }
    targets: [litert, micro]`;

/** As the formatter of this repository writes JSON: lists of plain values on one line where they fit. */
export function jsonText(value, indent = '', lead = 0) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    if (value.length === 0 || (plain && indent.length + lead + line.length < 120)) return line;
    return `[\n${value.map((item) => `${inner}${jsonText(item, inner)}`).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${inner}${name}${jsonText(item, inner, name.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** Alternatives of a value, with those of what a list holds. */
function alternatives(schema) {
  return (schema.anyOf ?? [schema]).flatMap((each) => (each.anyOf ? alternatives(each) : [each]));
}

function mapIn(schema) {
  for (const each of alternatives(schema)) {
    if (each.properties) return each;
    const inside =
      each.items ?? (typeof each.additionalProperties === 'object' ? each.additionalProperties : undefined);
    const found = inside && mapIn(inside);
    if (found) return found;
  }
  return undefined;
}

const code = (text) => `\`${String(text).replaceAll('|', '\\|')}\``;

function valuesOf(schema, section) {
  const examples = schema.examples?.map(code).join(', ');
  const parts = alternatives(schema).flatMap((each) => {
    if (each.const !== undefined) return [code(each.const)];
    if (each.enum) return each.enum.map(code);
    if (each.type === 'boolean') return ['`true`', '`false`'];
    if (each.type === 'array') {
      const choices = alternatives(each.items).flatMap((item) => item.enum ?? []);
      if (mapIn(each)) return [`list of [maps](#${section})`];
      return [choices.length > 0 ? `list of ${choices.map(code).join(', ')}` : 'list'];
    }
    if (each.properties) return [`[map](#${section})`];
    if (each.type === 'object') return [mapIn(each) ? `map of [maps](#${section})` : 'map'];
    if (each.type === 'null') return [];
    if (examples) return [];
    return [each.type === 'string' ? 'text' : each.type === 'integer' ? 'whole number' : 'number'];
  });
  return [...new Set([...(examples ? [examples] : []), ...parts])].join(', ');
}

const oneLine = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const GROWTH =
  'How much there may be: bytes for the file and for memory, counts (`3 M`, `1.2 G`) for multiply-accumulates.';

/** Sections by their titles; what several have in common is described once. */
const SECTIONS = [
  ['The file', (root) => root],
  ['models', (root) => root.properties.models],
  ['variants', (root) => root.properties.models.items.properties.variants],
  ['evaluate', (root) => root.properties.models.items.properties.evaluate],
  ['metrics', (root) => root.properties.models.items.properties.evaluate.properties.metrics],
  [
    'detection',
    (root) => mapIn(root.properties.models.items.properties.evaluate.properties.metrics).properties.detection,
  ],
  ['image', (root) => root.properties.models.items.properties.evaluate.properties.image],
  ['audio', (root) => root.properties.models.items.properties.evaluate.properties.audio],
  ['limits', (root) => root.properties.models.items.properties.limits],
  ['limits of metrics', (root) => mapIn(root.properties.models.items.properties.limits).properties.accuracy],
  ['size, macs, peak-memory', (root) => mapIn(root.properties.models.items.properties.limits).properties.size, GROWTH],
  ['ops', (root) => mapIn(root.properties.models.items.properties.limits).properties.ops],
  ['latency', (root) => mapIn(root.properties.models.items.properties.limits).properties.latency],
  ['report', (root) => root.properties.report],
];

/** Where a key is described whose section has another title. */
const ANCHORS = {
  defaults: 'models',
  accuracy: 'limits-of-metrics',
  size: 'size-macs-peak-memory',
  macs: 'size-macs-peak-memory',
  'peak-memory': 'size-macs-peak-memory',
};

function anchorOf(key, title) {
  return title === 'limits' && key === 'metrics' ? 'limits-of-metrics' : (ANCHORS[key] ?? key);
}

function section([title, find, summary], root, table) {
  const { properties, required = [], description } = mapIn(find(root));
  const rows = Object.entries(properties).map(([key, schema]) => [
    `\`${key}\``,
    valuesOf(schema, anchorOf(key, title)),
    `${oneLine(schema.description ?? mapIn(schema)?.description)}${required.includes(key) ? ' Required.' : ''}`,
  ]);
  return [
    '',
    `## ${title}`,
    '',
    oneLine(summary ?? description),
    '',
    ...table([['key', 'values', 'what it says'], ...rows]),
  ];
}

export function configLines(table) {
  const root = configJsonSchema();
  return [
    'What TFLite Gate checks stands in `.tflite-gate.yml` (or `.yaml`, or `.json`) at the root of the repository, or in the',
    'file that `--config` names. Without one, every SavedModel is converted to float, its outputs are compared with those of',
    'the float reference on random inputs, and sizes are shown. `tflite-gate init` writes a file to begin with. For',
    'completion in editors: `# yaml-language-server: $schema=PATH/config.schema.json` on top, with the file beside this page.',
    '',
    '```yaml',
    EXAMPLE,
    '```',
    '',
    '- **Defaults** hold for every model that does not say otherwise, and what a model says for every variant that does not:',
    '  a map is merged key by key, while a list, a text or a number is replaced. `none` in place of a limit takes it back.',
    '  Inputs of the action and options of the command line come on top.',
    '- **Limits**: a plain number is in the measure’s own unit, 0.01 of an accuracy being one point; one with `%` is relative',
    '  to what it is compared with. `kB`, `MB` and `GB` are powers of 1000, `kiB`, `MiB` and `GiB` of 1024. `accuracy` is the',
    '  first of `metrics`.',
    '- **Paths** are relative to the root, with `/`. In globs `*` stands for any characters of a name, `?` for one, `**` for',
    '  any folders; an entry that names a folder is preferred to a glob. Paths out of the repository, by `..`, absolute or by',
    '  symbolic links, are refused, and so are those into `.git`.',
    '- **Metrics** may have brackets behind their names, then in quotes: `"f1[3]"` for one class, `"f1[micro]"`, `"mae[float]"`',
    '  against the float model, `"sqnr[labels]"` against labels.',
    '- **Pull requests** are judged by the configuration of their base: its limits, data, metrics, targets, signatures, and',
    '  what fails. Theirs says what models are: folders, schemes, recipes, shapes. A model that the base says nothing about is',
    '  judged by what the pull request says. Every difference is reported, and counts from the next run on the base, or at',
    '  once with `allow-limit-changes`. Whatever lets code run or takes results from elsewhere (`allow-code`, `engine`,',
    '  `verify`, `runtime`, `python`, `engine-setup`, `cache`) only the base can permit.',
    '- **Mistakes** are reported all at once, each with line, column and path. Keys that stand twice, unknown keys, empty',
    '  values, tags and paths out of the repository are mistakes; anchors, aliases and `<<` may be used.',
    ...SECTIONS.flatMap((each) => section(each, root, table)),
  ];
}

export function configSchemaText() {
  return `${jsonText(configJsonSchema())}\n`;
}
