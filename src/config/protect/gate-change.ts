/** One way in which the configuration of the head differs from that of its base. */
export interface GateChange {
  readonly kind:
    | 'limit'
    /** What models are judged on: data, labels, how they are read, samples, seeds. */
    | 'data'
    /** A model, variant, metric or target that is checked in only one of them. */
    | 'check'
    /** What may run, and where results are taken from. */
    | 'permission'
    /** What becomes of verdicts: what fails, what is shown. */
    | 'policy'
    /** What the model is: how it is converted and quantized. Counts as the head says. */
    | 'definition';
  /** `models.digits.variants.int8.limits.size.max`, under the head's names. */
  readonly path: string;
  readonly model: string | undefined;
  readonly variant: string | undefined;
  /** As in a configuration; undefined where nothing is said. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Whether the head's could let pass what the base's does not: so is all that cannot be compared. */
  readonly loosened: boolean;
}
