import { formatQuantity } from '../quantity.js';

/** A SavedModel that was found, and what is known of it. */
export interface FoundModel {
  /** Relative to the root, with `/`. */
  readonly folder: string;
  readonly name: string;
  readonly signatures: readonly FoundSignature[];
  /** Of the float `.tflite`, where the model could be converted. */
  readonly bytes: number | undefined;
}

export interface FoundSignature {
  readonly key: string;
  /** `image: float32[?,28,28,1]` */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A line that a YAML parser takes as a comment, whatever a model's names hold. */
function comment(text: string): string {
  return `# ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')}`.trimEnd();
}

/** Text of a configuration for these SavedModels, with what may be added as comments. `parseConfig` takes it. */
export function initConfig(models: readonly FoundModel[]): string {
  const lines = [
    '# What TFLite Gate checks: docs/configuration.md lists all that can be said here.',
    'version: 1',
    '',
    '# What holds for every model that does not say otherwise.',
    'defaults:',
    '  variants:',
    '    - float32',
    '    # Weights in 8 bits, a quarter of the size, without data:',
    '    # - dynamic',
    '    # All in 8 bits, for microcontrollers and accelerators; a hundred samples of inputs are enough:',
    '    # - { quantize: int8, representative-data: calibration.npz }',
    '  limits:',
    '    # Against the base of a pull request.',
    '    size: { max-increase: 5% }',
    '',
    ...(models.length === 0 ? ['# models: by default every SavedModel of the repository'] : ['models:']),
    ...models.flatMap(modelLines),
  ];
  return `${lines.join('\n')}\n`;
}

function modelLines({ folder, name, signatures, bytes }: FoundModel): string[] {
  const described = signatures.map(
    ({ key, inputs, outputs }) => `${key}: ${inputs.join(', ')} -> ${outputs.join(', ')}`,
  );
  const size = bytes === undefined ? [] : [`The float model has ${roughly(bytes)}.`];
  return [
    ...[...described, ...size].map((text) => `  ${comment(text)}`),
    `  - path: ${JSON.stringify(folder)}`,
    `    name: ${JSON.stringify(name)}`,
    '    # What it is judged on. Without data, variants are compared with the float model on random inputs.',
    '    # evaluate:',
    '    #   data: test.npz # inputs by their names, and the right class as `label`',
    '    #   metrics: [top-1]',
    '    # limits:',
    '    #   accuracy: { min: 0.95, max-drop: 0.01, max-regression: 0.005 }',
    ...(bytes === undefined ? [] : [`    #   size: { max: ${roughly(bytes * 1.1)} }`]),
    '    # targets: [litert]',
  ];
}

/** In two or three digits. */
function roughly(bytes: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, bytes))) - 1);
  const step = 10 ** digits;
  return formatQuantity(Math.ceil(bytes / step) * step, 'bytes');
}
