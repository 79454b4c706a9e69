import { baselineText } from '#check/baseline-file.js';
import { checkRun, planRun, unitsOf } from '#check/check-run.js';
import { graphViews } from '#check/graph-view.js';
import { initRepository } from '#check/init-repository.js';
import { mergeRecords } from '#check/merge-records.js';
import { balance } from '#check/plan-units.js';
import { readRecord, recordText } from '#check/read-record.js';
import { debugModel } from '#debug-model.js';
import type { ExitCode } from '#diagnostics/exit-code.js';
import { resolveRuntime } from '#find-runtime.js';
import { makeModel } from '#make-model.js';
import { debugCsv, debugJson, debugTable, floatLines, legend, unmatchedLines } from '#quantize/debug/layer-table.js';
import { quantizeModel } from '#quantize-model.js';
import { loadReplacements, replacementsBy, verifyReplacements } from '#replacements.js';
import { renderRecord } from '#report/render-record.js';
import { searchModel } from '#search-model.js';
import { TensorFlowProcess } from '../engines/tensorflow/tensorflow-process.js';
import type { Debugger, ModelMaker, Quantizer, Replacer } from './command.js';
import type { GateTools } from './gate-tools.js';
import { main as run } from './main.js';
import type { Streams } from './streams.js';

/** The command line with the quantizer and what reads YAML, which take longer to load: started only where it is needed. */
export async function main(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  const engines = new Engines();
  try {
    return await run(argv, streams, { quantize, make: (...model) => engines.make(...model), debug, replacer, gate });
  } finally {
    await engines.dispose();
  }
}

const gate: GateTools = {
  check: checkRun,
  async plan(options) {
    const plan = await planRun(options);
    return { plan, units: await unitsOf(plan, options) };
  },
  balance,
  merge: (files) => mergeRecords(files.map((file) => ({ file, record: readRecord(file) }))),
  read: readRecord,
  text: recordText,
  baseline: baselineText,
  render: (record, format, folder) =>
    renderRecord(record, format, {
      graphs: format === 'html' && folder !== undefined ? graphViews(record, folder) : undefined,
    }),
  init: initRepository,
};

const quantize: Quantizer = async (input, { name: _, search, ...variant }, { inputShapes, ...options }) => {
  const runtime = await resolveRuntime(variant.runtime);
  const all = { ...options, ...variant, runtime, inputShapes: inputShapes && new Map(Object.entries(inputShapes)) };
  return search ? searchModel(input, { ...all, ...search }) : quantizeModel(input, all);
};

/** Makes the models of a command line, all that TensorFlow is needed for in one process of its. */
class Engines {
  #tensorflow: TensorFlowProcess | undefined;

  async make(...[input, variant, { inputShapes, ...options }, choice]: Parameters<ModelMaker>): ReturnType<ModelMaker> {
    this.#tensorflow ??= new TensorFlowProcess(choice.tensorflow);
    const { name: _, search: __, ...quantization } = variant ?? { name: '' };
    const shapes = inputShapes && new Map(Object.entries(inputShapes));
    const runtime = await resolveRuntime(variant?.runtime);
    const all = { ...options, ...quantization, runtime, inputShapes: shapes };
    return makeModel(input, all, choice.engine, this.#tensorflow);
  }

  async dispose(): Promise<void> {
    await this.#tensorflow?.dispose();
  }
}

/** Whoever types the command line chose the file: it may be a program. */
const replacer: Replacer = {
  load: async (sources) => replacementsBy(await loadReplacements(sources, { allowCode: true })),
  verify: verifyReplacements,
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
