import type { Op } from '#ir/graph.js';
import { Region } from '#ir/graph.js';
import { definePass, type Pass } from '#passes/pass.js';
import type { SavedModel } from '#saved-model/records.js';
import { CallOnce } from '#tflite/ops/index.js';
import { AssignVariableOp, VarHandleOp } from '../ops/variables.js';

type Handle = Op<{ readonly variable: string }>;

/**
 * Variables that are still there after freezing are state: the first run of the model gives them what the checkpoint
 * holds. Every signature asks for all of them, by bodies that are one in the file, so that none is set anew later.
 */
export function initialiseVariables(model: SavedModel): Pass {
  return definePass({
    name: 'initialise-variables',
    summary: 'Gives variables that the model writes their values from the checkpoint, once before its first run.',
    run(module, { editor, collector }) {
      const handles = new Map<string, Handle>();
      for (const op of module.ops()) {
        if (op.is(VarHandleOp) && op.isUsed && !handles.has(op.attributes.variable)) {
          handles.set(op.attributes.variable, op as unknown as Handle);
        }
      }
      if (handles.size === 0) return;
      const values = [...handles].flatMap(([variable, handle]) => {
        const binding = model.variableBindings.get(variable);
        if (binding) return [{ handle, value: model.variables.read(binding.key, binding.slice) }];
        collector.add('variable-without-value', {
          detail: `The variable "${variable}" is used, but the checkpoint holds no value for it.`,
          locations: [handle.location],
        });
        return [];
      });
      for (const { region } of module.signatures) {
        if (!usesVariables(region)) continue;
        const body = new Region();
        for (const { handle, value } of values) {
          const { location } = handle;
          const target = editor
            .create({ region: body }, VarHandleOp, [], handle.attributes as never, location)
            .result();
          const content = editor.constant({ region: body }, value, location);
          editor.create({ region: body }, AssignVariableOp, [target, content], { dtype: value.dtype }, location);
        }
        const first = region.first;
        const location = first?.location ?? {};
        editor.create({ region, before: first }, CallOnce, [], CallOnce.options, location, { regions: [body] });
      }
    },
  });
}

function usesVariables(region: Region): boolean {
  for (const op of region.ops()) if (op.is(VarHandleOp) || op.regions.some(usesVariables)) return true;
  return false;
}
