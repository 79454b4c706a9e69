import type { GraphNode, GraphView } from './graph-view.js';

/** How a node differs from the other graph. */
export type NodeChange = 'added' | 'removed' | 'changed';

/** By the ids of the nodes that differ. */
export interface GraphDiff {
  readonly head: ReadonlyMap<string, NodeChange>;
  readonly base: ReadonlyMap<string, NodeChange>;
}

/** Rows times columns of the table that finds what two graphs have in common; larger ones are only matched by name. */
const MAX_CELLS = 4_000_000;

/**
 * Which ops of the head the base has: those with the same name of the output, else those of the same kind and shape in
 * the same order, as layers that are only called otherwise are no difference.
 */
export function diffGraphs(head: GraphView, base: GraphView): GraphDiff {
  const changes = { head: new Map<string, NodeChange>(), base: new Map<string, NodeChange>() };
  const named = new Map(base.nodes.map((node) => [node.output, node]));
  const left = new Set(base.nodes);
  const open: GraphNode[] = [];
  for (const node of head.nodes) {
    const same = named.get(node.output);
    if (!same || !left.delete(same)) {
      open.push(node);
    } else if (kindOf(same) !== kindOf(node)) {
      changes.head.set(node.id, 'changed');
      changes.base.set(same.id, 'changed');
    }
  }
  const rest = base.nodes.filter((node) => left.has(node));
  const [common, commonBase] = inCommon(open, rest);
  for (const node of open) if (!common.has(node)) changes.head.set(node.id, 'added');
  for (const node of rest) if (!commonBase.has(node)) changes.base.set(node.id, 'removed');
  return changes;
}

function kindOf({ op, shape }: GraphNode): string {
  return `${op} ${shape}`;
}

/** The longest sequence of kinds that both have. */
function inCommon(a: readonly GraphNode[], b: readonly GraphNode[]): [Set<GraphNode>, Set<GraphNode>] {
  const found: [Set<GraphNode>, Set<GraphNode>] = [new Set(), new Set()];
  if (a.length * b.length > MAX_CELLS) return found;
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, k: number): number => lengths[i * width + k] as number;
  const same = (i: number, k: number): boolean => kindOf(a[i] as GraphNode) === kindOf(b[k] as GraphNode);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) {
      lengths[i * width + k] = same(i, k) ? at(i + 1, k + 1) + 1 : Math.max(at(i + 1, k), at(i, k + 1));
    }
  }
  for (let i = 0, k = 0; i < a.length && k < b.length; ) {
    if (same(i, k)) {
      found[0].add(a[i++] as GraphNode);
      found[1].add(b[k++] as GraphNode);
    } else if (at(i + 1, k) >= at(i, k + 1)) i++;
    else k++;
  }
  return found;
}
