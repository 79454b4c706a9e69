import { printable } from '#diagnostics/printable.js';
import { renderText } from '#diagnostics/render-text.js';
import type { ModelInspection, SavedModelInspection, TfliteInspection } from '#index.js';
import { formatBytes, formatCount, plural } from './format.js';

/** What `inspect` writes without `--json`. */
export function inspectionText(path: string, inspection: SavedModelInspection | TfliteInspection): string {
  return inspection.kind === 'tflite' ? tfliteText(path, inspection) : savedModelText(path, inspection);
}

function tfliteText(path: string, inspection: TfliteInspection): string {
  const { bytes, weightBytes, signatures } = inspection;
  return [
    `${printable(path)}: TFLite model, ${formatBytes(bytes)} (${formatBytes(weightBytes)} weights)`,
    ...signatures.flatMap(({ key, inputs, outputs }) =>
      signatureLines(
        key,
        inputs.map(({ name, type, shape }) => tensorLine(name, type.toLowerCase(), shape.map(freeDim))),
        outputs.map(({ name, type, shape }) => tensorLine(name, type.toLowerCase(), shape.map(freeDim))),
      ),
    ),
    ...modelLines(inspection),
    '',
  ].join('\n');
}

/** A .tflite file writes -1 for an unknown dimension. */
function freeDim(dim: number): number | null {
  return dim < 0 ? null : dim;
}

function savedModelText(path: string, inspection: SavedModelInspection): string {
  const { tensorflowVersion, tags, signatures, operators, operatorCount, variables, variableBytes } = inspection;
  const written = tensorflowVersion === '' ? '' : `, written by TensorFlow ${printable(tensorflowVersion)}`;
  return [
    `${printable(path)}: SavedModel${written}, tags ${tags.map(printable).join(', ') || 'none'}`,
    ...signatures.flatMap(({ key, inputs, outputs }) =>
      signatureLines(
        key,
        inputs.map(({ name, dtype, shape }) => tensorLine(name, dtype, shape)),
        outputs.map(({ name, dtype, shape }) => tensorLine(name, dtype, shape)),
      ),
    ),
    `variables: ${variables.length}, ${formatBytes(variableBytes)}`,
    `TensorFlow ops: ${operatorCount}`,
    ...countLines(operators),
    ...conversionLines(inspection),
    '',
  ].join('\n');
}

function conversionLines({ converted, unsupported }: SavedModelInspection): string[] {
  if (!converted) return ['', renderText(unsupported).trimEnd()];
  return ['', `as TFLite model: ${formatBytes(converted.weightBytes)} weights`, ...modelLines(converted)];
}

function modelLines({ operators, operatorCount, subgraphCount, tensorCount, macs }: ModelInspection): string[] {
  const graphs = subgraphCount > 1 ? ` in ${plural(subgraphCount, 'subgraph')}` : '';
  return [
    `ops: ${operatorCount}${graphs}, ${plural(tensorCount, 'tensor')}, ${formatCount(macs.total)} MACs`,
    ...countLines(
      operators.map(({ name, version, custom, count }) => ({
        name: custom ? `${name} (custom)` : version > 1 ? `${name} v${version}` : name,
        count,
      })),
    ),
  ];
}

function signatureLines(key: string, inputs: readonly string[], outputs: readonly string[]): string[] {
  return [
    `signature ${printable(key)}`,
    ...inputs.map((line) => `  in   ${line}`),
    ...outputs.map((line) => `  out  ${line}`),
  ];
}

function tensorLine(name: string, type: string, shape: readonly (number | null)[] | null): string {
  return `${printable(name)}: ${type}${shape === null ? ' of unknown rank' : `[${shape.map((dim) => dim ?? '?').join(', ')}]`}`;
}

function countLines(counts: readonly { readonly name: string; readonly count: number }[]): string[] {
  const width = Math.max(0, ...counts.map(({ count }) => String(count).length));
  return counts.map(({ name, count }) => `  ${String(count).padStart(width)}  ${printable(name)}`);
}
