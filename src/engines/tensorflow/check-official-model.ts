import { type Diagnostic, DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import type { ModelRecord, SubGraphRecord } from '#tflite/file/model-record.js';

const FLEX = /^Flex(?=[A-Z_])/;

/** The official converter makes custom ops of all that it has no kernel for, if it may of one. */
export function refuseOtherCustomOps(model: ModelRecord, path: string, allowed: ReadonlySet<string>): void {
  const others = customCodes(model).filter((code) => !FLEX.test(code) && !allowed.has(code) && !LITERT.has(code));
  if (allowed.size === 0 || others.length === 0) return;
  throw new DiagnosticError(
    others.map((op) =>
      diagnostic('unsupported-op', {
        op,
        detail: `The official converter made a custom op of it, which only ${[...allowed].join(', ')} may become.`,
        locations: [{ file: path }],
        help: [`Allow it as well: \`--allow-custom-op ${op}\`.`],
      }),
    ),
  );
}

/** Custom ops whose kernels LiteRT brings along. */
const LITERT = new Set(['TFLite_Detection_PostProcess', 'Mfcc', 'AudioSpectrogram', 'NumericVerify']);

function customCodes({ operator_codes }: ModelRecord): string[] {
  return operator_codes.flatMap(({ builtin_code, custom_code }) =>
    builtin_code === 'CUSTOM' && custom_code !== undefined && custom_code !== null ? [custom_code] : [],
  );
}

/** What the application has to link. */
export function foreignNotes(model: ModelRecord): Diagnostic[] {
  const codes = customCodes(model);
  const flex = codes.filter((code) => FLEX.test(code)).map((code) => code.replace(FLEX, ''));
  const own = codes.filter((code) => !FLEX.test(code) && !LITERT.has(code));
  return [
    ...(flex.length === 0
      ? []
      : [diagnostic('needs-flex-delegate', { detail: `Left to TensorFlow: ${flex.join(', ')}.` })]),
    ...(own.length === 0 ? [] : [diagnostic('needs-custom-kernel', { detail: `Custom ops: ${own.join(', ')}.` })]),
  ];
}

/** What stands between floats outside and integers inside. */
const BORDERS: ReadonlySet<string> = new Set(['QUANTIZE', 'DEQUANTIZE']);
const FLOATS: ReadonlySet<string> = new Set(['FLOAT32', 'FLOAT16', 'BFLOAT16', 'FLOAT64']);

/** Where only kernels for int8 are allowed, the official converter leaves some ops in float32 all the same. */
export function refuseFloatOps(model: ModelRecord, path: string): void {
  const places = new Map<string, Location[]>();
  for (const graph of model.subgraphs) {
    for (const operator of graph.operators) {
      const code = model.operator_codes[operator.opcode_index];
      const name = code?.custom_code || code?.builtin_code || '';
      if (BORDERS.has(name) || !computesFloats(graph, operator, model)) continue;
      const node = graph.tensors[operator.outputs[0] ?? -1]?.name;
      places.set(name, [...(places.get(name) ?? []), { file: path, ...(node ? { node } : {}) }]);
    }
  }
  if (places.size === 0) return;
  throw new DiagnosticError(
    [...places].map(([op, locations]) =>
      diagnostic('unsupported-op', {
        op,
        detail: `${op} cannot be int8: the official converter leaves it with floats.`,
        locations,
        help: [
          'Quantize with `int8`, which leaves such ops in float32.',
          'Or replace the op in the model by one that LiteRT computes in int8.',
        ],
      }),
    ),
  );
}

function computesFloats(
  graph: SubGraphRecord,
  { inputs, outputs }: SubGraphRecord['operators'][number],
  { buffers }: ModelRecord,
): boolean {
  const isFloat = (index: number) => FLOATS.has(graph.tensors[index]?.type ?? '');
  const isConstant = (index: number) => (buffers[graph.tensors[index]?.buffer ?? 0]?.byteLength ?? 0) > 0;
  return [...outputs].some(isFloat) || [...inputs].some((index) => isFloat(index) && !isConstant(index));
}
