import { Const } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { definePass, type Pass } from '#passes/pass.js';
import type { SavedModel } from '#saved-model/records.js';
import type { Tensor } from '#tensor/tensor.js';
import { Tensor as TensorClass } from '#tensor/tensor.js';
import { GatherV2 } from '../ops/indexing.js';
import { ReadVariableOp, ResourceGather, VarHandleOp, VarIsInitializedOp, VariableV2 } from '../ops/variables.js';

/** Ops through which a handle is only read, so that a variable used by nothing else never changes. */
const readers = new Set<unknown>([ReadVariableOp, ResourceGather, VarIsInitializedOp]);

/** Reads each variable once, however many signatures use it: they then share one tensor. */
class VariableReader {
  readonly #model: SavedModel;
  readonly #tensors = new Map<string, Tensor>();

  constructor(model: SavedModel) {
    this.#model = model;
  }

  /** The value of the variable that this node of the main graph stands for; undefined where nothing restores it. */
  read(node: string): Tensor | undefined {
    let tensor = this.#tensors.get(node);
    if (tensor) return tensor;
    const binding = this.#model.variableBindings.get(node);
    if (!binding) return undefined;
    tensor = this.#model.variables.read(binding.key, binding.slice);
    this.#tensors.set(node, tensor);
    return tensor;
  }
}

/** By variable, an op that may write it: each signature, and each body of a loop, has a handle of its own. */
function writers(module: Module): ReadonlyMap<string, Op> {
  const found = new Map<string, Op>();
  for (const op of module.ops()) {
    if (!op.is(VarHandleOp)) continue;
    const writer = op.result().users.find((user) => !readers.has(user.definition));
    if (writer) found.set(op.attributes.variable, writer);
  }
  return found;
}

/** Makes constants of variables that the model never writes. */
export function freezeVariables(model: SavedModel): Pass {
  return definePass({
    name: 'freeze-variables',
    summary: 'Replaces reads of variables that are never written by their values from the checkpoint.',
    run(module, { editor, collector, explain }) {
      const reader = new VariableReader(model);
      const missing = new Set<string>();
      const value = (op: Op, node: string): Tensor | undefined => {
        const tensor = reader.read(node);
        if (!tensor && !missing.has(node)) {
          missing.add(node);
          collector.add('variable-without-value', {
            detail: `The variable "${node}" is read, but the checkpoint holds no value for it.`,
            locations: [op.location],
          });
        }
        return tensor;
      };
      const written = writers(module);
      // A list of its own: with the last read of a handle both are erased, and the next op may be among them.
      for (const op of [...module.ops()]) {
        if (op.is(VariableV2)) {
          const tensor = value(op, op.attributes.variable);
          if (tensor && op.region) {
            editor.replace(op, [editor.constant({ region: op.region, before: op }, tensor, op.location)]);
          }
        } else if (op.is(VarHandleOp)) {
          freezeHandle(op);
        }
      }

      function freezeHandle(handle: Op<{ readonly variable: string }>): void {
        const { users } = handle.results[0] ?? { users: [] };
        if (users.length === 0) return;
        const writer = written.get(handle.attributes.variable);
        if (writer) {
          explain(handle as unknown as Op, `${writer.name} at ${writer.location.node ?? '?'} may write it`);
          return;
        }
        const tensor = value(handle as unknown as Op, handle.attributes.variable);
        if (!tensor) return;
        for (const user of users) if (!user.is(VarIsInitializedOp)) replaceRead(user, tensor);
      }

      function replaceRead(read: Op, tensor: Tensor): void {
        if (!read.region) return;
        const at = { region: read.region, before: read };
        const { location } = read;
        const constant = editor.create(at, Const, [], { value: tensor }, location).result();
        if (!read.is(ResourceGather)) {
          editor.replace(read, [constant]);
          return;
        }
        const axis = editor.constant(at, TensorClass.int32([read.attributes.batch_dims], []), location);
        const gather = editor.create(
          at,
          GatherV2,
          [constant, read.operand(1), axis],
          {
            batch_dims: read.attributes.batch_dims,
            Tparams: tensor.dtype,
            Tindices: read.attributes.Tindices,
            Taxis: 'int32' as const,
          },
          location,
        );
        editor.replace(read, gather.results);
      }
    },
  });
}
