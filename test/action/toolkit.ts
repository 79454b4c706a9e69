import type { Toolkit } from '../../src/action/run-step.js';

export interface Annotation {
  readonly severity: 'notice' | 'warning' | 'error';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
}

/** Stands in for `@actions/core`: gives the inputs, and keeps what the step says. */
export class RecordingToolkit implements Toolkit {
  readonly outputs: Record<string, unknown> = {};
  readonly annotations: Annotation[] = [];
  readonly log: string[] = [];
  failure: string | undefined;
  markdown: string | undefined;
  readonly #inputs: Readonly<Record<string, string>>;

  constructor(inputs: Readonly<Record<string, string>> = {}) {
    this.#inputs = inputs;
  }

  getInput = (name: string): string => this.#inputs[name] ?? '';
  setOutput = (name: string, value: unknown): void => {
    this.outputs[name] = value;
  };
  readonly secrets: string[] = [];
  setSecret = (secret: string): void => {
    this.secrets.push(secret);
  };
  info = (message: string): void => {
    this.log.push(message);
  };
  notice = this.#annotate('notice');
  warning = this.#annotate('warning');
  error = this.#annotate('error');
  setFailed = (message: string): void => {
    this.failure = message;
  };
  summary = {
    addRaw: (text: string) => ({
      write: async () => {
        this.markdown = text;
      },
    }),
  };

  #annotate(severity: Annotation['severity']): Toolkit['error'] {
    return (message, properties = {}) => {
      this.annotations.push({ severity, message, ...properties });
    };
  }
}
