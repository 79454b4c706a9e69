import type { Figures } from '#record/measures.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { inspectModel } from '#tflite/inspect/inspect-model.js';
import { peakActivationBytes } from './activation-memory.js';
import { minimumRuntime } from './minimum-runtime.js';

/**
 * What can be said of a file without running it. `record` is the file as read, in which the contents of large buffers
 * may be zeros; `file` is its size and its SHA-256, in hexadecimal.
 */
export function figuresOf(record: ModelRecord, file: Pick<Figures, 'bytes' | 'sha256'>): Figures {
  const { operatorCount, operators, macs, weightBytes } = inspectModel(record);
  const counts = new Map<string, number>();
  for (const { name, count } of operators) counts.set(name, (counts.get(name) ?? 0) + count);
  return {
    bytes: file.bytes,
    sha256: file.sha256,
    ops: operatorCount,
    opCounts: Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
    macs: macs.total,
    weightBytes,
    peakActivationBytes: peakActivationBytes(record),
    minimumRuntime: minimumRuntime(record) ?? null,
  };
}
