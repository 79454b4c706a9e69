import { debugModel } from '#debug-model.js';
import type { ExitCode } from '#diagnostics/exit-code.js';
import { debugCsv, debugJson, debugTable, floatLines, legend, unmatchedLines } from '#quantize/debug/layer-table.js';
import { quantizeModel } from '#quantize-model.js';
import { searchModel } from '#search-model.js';
import type { Debugger, Quantizer } from './command.js';
import { main as run } from './main.js';
import type { Streams } from './streams.js';

/** The command line with the quantizer, which takes longer to load: started only where it is needed. */
export function main(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  return run(argv, streams, { quantize, debug });
}

const quantize: Quantizer = (input, { name: _, search, ...variant }, { inputShapes, ...options }) => {
  const all = { ...options, ...variant, inputShapes: inputShapes && new Map(Object.entries(inputShapes)) };
  return search ? searchModel(input, { ...all, ...search }) : quantizeModel(input, all);
};

/** Layers that the table shows; the files have all. */
const SHOWN = 20;

const debug: Debugger = async (input, options) => {
  const report = await debugModel(input, options);
  return {
    unmatched: unmatchedLines(report),
    float: floatLines(report),
    notes: report.notes,
    table: [...debugTable(report, SHOWN), '', ...legend],
    csv: () => debugCsv(report),
    json: () => debugJson(report),
  };
};
