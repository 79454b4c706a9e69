import type { CatalogueEntry } from './catalogue-entry.js';

/** Codes of what is about TensorFlow itself, as converter and as judge. A part of the catalogue, and as permanent. */
export const ofEngines = {
  'engine-missing': {
    kind: 'input',
    severity: 'error',
    title: 'TensorFlow cannot be started',
    explanation:
      'The engine `tensorflow`, and comparison with the SavedModel itself, run TensorFlow in Python. There is no such Python, it has no TensorFlow, or installing it failed.',
    help: [
      'Name a Python that has TensorFlow: `--python venv/bin/python`. Packages of a user (`pip install --user`) are not seen, those of a virtual environment are.',
      'Or let it be installed into a folder of its own: `--engine-setup auto`.',
    ],
  },
  'engine-stopped': {
    kind: 'unsupported',
    severity: 'error',
    title: 'TensorFlow did not finish',
    explanation:
      'The process that runs TensorFlow crashed, or was ended at its time or memory limit. Some models bring the official converter down.',
    help: ['Raise the limit (`engine-time-limit`, `engine-memory`) where it ended at one.'],
  },
  'other-engine': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'Converted by the official converter',
    explanation: 'With `engine: auto`, a model that the native engine refuses is given to the official converter.',
    help: [],
  },
  'compared-with-tensorflow': {
    kind: 'unsupported',
    severity: 'notice',
    title: 'Compared with TensorFlow',
    explanation:
      'With `verify: tensorflow`, TensorFlow ran the SavedModel on the same samples as LiteRT the `.tflite` file, and the outputs were compared.',
    help: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
