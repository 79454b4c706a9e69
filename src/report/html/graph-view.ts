/** One op of a model, or one of its inputs and outputs. */
export interface GraphNode {
  readonly id: string;
  /** `CONV_2D`; `input` and `output` for the model's own. */
  readonly op: string;
  /** Path of the layer; empty where it is not known. */
  readonly layer: string;
  /** Name of the first output. */
  readonly output: string;
  /** Type and shape of the first output: `float32 1×8×8×16`. */
  readonly shape: string;
}

/** A model as a picture shows it, in the order in which it runs. */
export interface GraphView {
  readonly nodes: readonly GraphNode[];
  /** Ids: from what makes a tensor to what reads it. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** The graphs of one variant; `base` where the base's file is at hand and is another one. */
export interface VariantGraphs {
  readonly head?: GraphView | undefined;
  readonly base?: GraphView | undefined;
}

/** Under which the graphs of a variant are found. */
export function graphKey(model: string, variant: string): string {
  return JSON.stringify([model, variant]);
}
