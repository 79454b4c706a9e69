import { readSavedObjectGraph } from '#wire/protobuf/saved-model.generated.js';
import { readTrackableObjectGraph } from '#wire/protobuf/tensor-bundle.generated.js';
import { decodeFrom } from './files.js';
import type { VariableStore } from './records.js';

/** Where a checkpoint keeps its own object graph, as a serialized message in a scalar string. */
const OBJECT_GRAPH_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** The attribute of a variable's object under which its value is. */
const VALUE = 'VARIABLE_VALUE';

/**
 * Maps variables' names to checkpoint keys, for models whose graph restores nothing. The SavedModel's object graph
 * knows the names, the checkpoint's the keys; both are walked side by side from their roots along equally named
 * children. A name that several variables have is left out, as it says not which.
 */
export function checkpointKeysByVariableName(
  path: string,
  objectGraph: Uint8Array,
  variables: VariableStore,
): Map<string, string> {
  const keys = new Map<string, string>();
  if (variables.entry(OBJECT_GRAPH_KEY)?.dtype !== 'string') return keys;
  const serialized = variables.read(OBJECT_GRAPH_KEY).strings[0];
  if (!serialized) return keys;
  const saved = decodeFrom(path, 'the object graph', objectGraph, readSavedObjectGraph).nodes;
  const tracked = decodeFrom(path, "the checkpoint's object graph", serialized, readTrackableObjectGraph).nodes;
  const ambiguous = new Set<string>();
  const visited = new Set<number>();
  const pending: [number, number][] = [[0, 0]];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [from, to] = pair;
    const object = saved[from];
    const counterpart = tracked[to];
    if (!object || !counterpart || visited.has(from)) continue;
    visited.add(from);
    const key = counterpart.attributes.find(({ name }) => name === VALUE)?.checkpointKey;
    const name = object.variable?.name;
    if (name && key) {
      if (keys.has(name)) ambiguous.add(name);
      keys.set(name, key);
    }
    const children = new Map(counterpart.children.map((child) => [child.localName, child.nodeId]));
    for (const child of object.children) {
      const match = children.get(child.localName);
      if (match !== undefined) pending.push([child.nodeId, match]);
    }
  }
  for (const name of ambiguous) keys.delete(name);
  return keys;
}
