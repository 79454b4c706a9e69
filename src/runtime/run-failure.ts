import { DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import type { ModelRecord, SubGraphRecord } from '#tflite/file/model-record.js';
import type { Signature } from './describe-signatures.js';
import type { OperatorOrigins } from './runnable-copy.js';
import type { WorkerFailure } from './worker-client.js';

/** As tflite/core/subgraph.cc reports a kernel's failure, the innermost subgraph first. */
const FAILED_NODE = /Node number (\d+) \((.+?)\) failed to (prepare|invoke)/;
const PREFIX = /^ERROR: (\[[^\]]*\] )?/;
/** Folders of the runtime's sources, before a file's name and line. */
const FOLDERS = /\b[\w/]+\/(?=\w+\.(?:cc|h):\d)/;
/** What says only that something failed. */
const EMPTY = /^(Node number .*|Failed to (allocate tensors|invoke))\.?$/;

/** Out of memory, in the words of the allocator, of LiteRT and of V8. */
const MEMORY = /out of memory|bad_alloc|memory access out of bounds|failed to allocate|Cannot enlarge memory/i;

/** The op of the original model that failed, where the log tells. */
interface FailedOp {
  readonly op: string;
  readonly node: string | undefined;
}

/** A worker's failure as a finding for the user: what LiteRT logged, and the op where it can be told. */
export function runFailure(
  failure: WorkerFailure,
  context: {
    readonly model: ModelRecord;
    readonly signature: Signature;
    readonly file: string | undefined;
    readonly timeLimitMs: number;
  },
): DiagnosticError {
  const { model, signature, file, timeLimitMs } = context;
  const place: Location = {
    ...(file === undefined ? {} : { file }),
    ...(signature.key === '' ? {} : { signature: signature.key }),
  };
  if (failure.reason === 'timeout') {
    return new DiagnosticError([
      diagnostic('run-timeout', {
        detail: `it did not end within ${timeLimitMs / 1000} seconds.`,
        locations: Object.keys(place).length > 0 ? [place] : [],
      }),
    ]);
  }
  const lines = failure.log
    .filter((line) => line.startsWith('ERROR'))
    .map((line) => line.replace(PREFIX, '').replace(FOLDERS, '').trim());
  const failed = failedOp(lines, model.subgraphs[signature.subgraph] as SubGraphRecord, model, failure.origins);
  const location: Location = { ...place, ...(failed?.node ? { node: failed.node } : {}) };
  const telling = lines.filter((line) => !EMPTY.test(line));
  const messages = telling.length > 0 ? telling : lines.length > 0 ? lines : [failure.message];
  return new DiagnosticError([
    diagnostic('run-failed', {
      detail: `${failed ? `${failed.op} failed: ` : ''}${messages.join('; ')}`,
      locations: Object.keys(location).length > 0 ? [location] : [],
      help: messages.some((line) => MEMORY.test(line))
        ? ['The runtime has 4 GB of memory at most: give smaller inputs, a smaller batch first of all.']
        : [],
      ...(failed ? { op: failed.op } : {}),
    }),
  ]);
}

function failedOp(
  lines: readonly string[],
  subgraph: SubGraphRecord,
  model: ModelRecord,
  origins: OperatorOrigins | undefined,
): FailedOp | undefined {
  const matches = lines.map((line) => FAILED_NODE.exec(line)).filter((match) => match !== null);
  const innermost = matches[0];
  if (innermost === undefined) return undefined;
  // The last one is an operator of the signature's own subgraph; its body's operators, if any, come before.
  const outermost = matches.at(-1) as RegExpExecArray;
  const index = origins?.[Number(outermost[1])];
  const operator = index === undefined ? undefined : subgraph.operators[index];
  const code = operator && model.operator_codes[operator.opcode_index];
  const agrees = code?.builtin_code === outermost[2] || code?.custom_code === outermost[2];
  const output = agrees ? operator?.outputs[0] : undefined;
  return { op: innermost[2] as string, node: output === undefined ? undefined : subgraph.tensors[output]?.name };
}
