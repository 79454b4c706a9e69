/** Under which the states of an LSTM's cells are observed, by the name of its output: no tensor of the op holds all. */
export function cellStateName(output: string): string {
  return `${output}/cell_state`;
}
