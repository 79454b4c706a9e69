import type { OperatorRecord } from './model-record.js';

/** A builtin operator for a model that is patched: with options, without anything that only custom operators have. */
export function plainOperator(
  operator: Pick<OperatorRecord, 'inputs' | 'outputs' | 'builtin_options'>,
): Omit<OperatorRecord, 'opcode_index'> {
  return {
    ...operator,
    builtin_options_2: undefined,
    custom_options: new Uint8Array(0),
    custom_options_format: 'FLEXBUFFERS',
    mutating_variable_inputs: [],
    intermediates: [],
    large_custom_options_offset: 0,
    large_custom_options_size: 0,
    debug_metadata_index: -1,
  };
}
