import type { ModelRecord, ModelToWrite } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import type { Operator, OperatorCode, Tensor } from '#wire/flatbuffers/tflite/model.js';

export interface SmallTensor {
  /** Free dimensions are -1. */
  readonly shape: readonly number[];
  readonly type?: Tensor['type'];
  readonly constant?: Uint8Array | Int32Array;
  readonly scales?: number;
  readonly unranked?: boolean;
}

export interface SmallOp {
  readonly op: OperatorCode['builtin_code'] | `custom ${string}`;
  readonly version?: number;
  /** Names of tensors; undefined for one that is left out. */
  readonly inputs: readonly (string | undefined)[];
  readonly outputs: readonly string[];
  readonly options?: Operator['builtin_options'];
}

/** A model of one subgraph, as read back. Tensors that no op writes and that are no constants are its inputs. */
export function smallModel(tensors: Readonly<Record<string, SmallTensor>>, ops: readonly SmallOp[]): ModelRecord {
  const names = Object.keys(tensors);
  const index = (name: string | undefined) => (name === undefined ? -1 : names.indexOf(name));
  const made = new Set(ops.flatMap(({ outputs }) => outputs));
  const read = new Set(ops.flatMap(({ inputs }) => inputs));
  const buffers: Uint8Array[] = [new Uint8Array(0)];
  const model: ModelToWrite = {
    version: 3,
    operator_codes: ops.map(({ op, version = 1 }) =>
      op?.startsWith('custom ')
        ? { builtin_code: 'CUSTOM', custom_code: op.slice(7), version }
        : { builtin_code: op as NonNullable<OperatorCode['builtin_code']>, version },
    ),
    subgraphs: [
      {
        tensors: Object.entries(tensors).map(([name, { shape, type, constant, scales, unranked }]) => ({
          name,
          shape: shape.map((dim) => Math.max(dim, 1)),
          has_rank: !unranked,
          ...(shape.includes(-1) ? { shape_signature: [...shape] } : {}),
          type: type ?? 'FLOAT32',
          buffer: constant ? buffers.push(new Uint8Array(constant.buffer)) - 1 : 0,
          ...(scales ? { quantization: { scale: Array(scales).fill(0.5), zero_point: Array(scales).fill(0n) } } : {}),
        })),
        inputs: names.filter((name) => !made.has(name) && !tensors[name]?.constant).map(index),
        outputs: names.filter((name) => made.has(name) && !read.has(name)).map(index),
        operators: ops.map(({ inputs, outputs, options }, opcode_index) => ({
          opcode_index,
          inputs: inputs.map(index),
          outputs: outputs.map(index),
          ...(options ? { builtin_options: options } : {}),
        })),
      },
    ],
    buffers,
  };
  return parseModel(serializeModel(model));
}

export function floats(count: number): Uint8Array {
  return new Uint8Array(count * 4).fill(1);
}
