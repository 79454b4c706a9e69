export type Severity = 'error' | 'warning' | 'notice';

/** Whose turn it is: the user's input (exit 2), a model that cannot pass (exit 1), or a defect of this tool (exit 3). */
export type DiagnosticKind = 'input' | 'unsupported' | 'internal';

export interface CatalogueEntry {
  readonly kind: DiagnosticKind;
  readonly severity: Severity;
  /** A few words, the same for every finding of this code. */
  readonly title: string;
  /** For the reference page: what it means and why it is checked. */
  readonly explanation: string;
  /** What helps in every case of this code. */
  readonly help: readonly string[];
}
