/** A line of a user's source file. */
export interface SourceFrame {
  readonly file: string;
  readonly line: number;
  readonly function?: string;
}

/**
 * Where something in a model comes from. Every part is optional but at least one is set. SavedModels rarely carry
 * stack frames, so the node's path and the layer read from it are what users see.
 */
export interface Location {
  /** A file of the user's: the SavedModel's folder, a data file, a configuration. */
  readonly file?: string;
  /** 1-based line of `file`, for text files. */
  readonly line?: number;
  /** Signature of the model. */
  readonly signature?: string;
  /** Library function in which the node stands. */
  readonly function?: string;
  /** Node name as TensorFlow writes it: `encoder_1/conv/Conv2D`. */
  readonly node?: string;
  /** The layer's name, the last scope of the node's path: `conv`. */
  readonly layer?: string;
  readonly frames?: readonly SourceFrame[];
  /** Further places, where several ops were merged into one. */
  readonly fused?: readonly Location[];
}
