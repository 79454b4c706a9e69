import * as dagre from '@dagrejs/dagre';
import { curveBasis, line } from 'd3-shape';
import { shortened } from '../visible-text.js';
import type { GraphNode, GraphView } from './graph-view.js';

export interface PlacedNode {
  readonly node: GraphNode;
  /** Of the middle of its box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  /** As the `d` of SVG paths. */
  readonly edges: readonly string[];
}

export const NODE_HEIGHT = 36;
/** Characters of a label that are shown. */
export const LABEL = 26;

const GAP = 22;
const CHARACTER = 6.7;
/** Of both sides together, with room for a mark. */
const PADDING = 28;
const MARGIN = 10;

/** Ops that follow one another without a branch are placed as one box. */
interface Chain {
  readonly members: GraphNode[];
  width: number;
}

const curve = line<{ readonly x: number; readonly y: number }>()
  .x(({ x }) => x)
  .y(({ y }) => y)
  .curve(curveBasis)
  .digits(0);

/**
 * Places the ops of a graph from top to bottom. Only where it branches there is something to arrange: ops in a row go as
 * one to dagre, whose time grows faster than the number of what it places.
 */
export function layoutGraph({ nodes, edges }: GraphView): GraphLayout {
  const chains = chainsOf(nodes, edges);
  const chainOf = new Map<string, number>();
  for (const [i, { members }] of chains.entries()) for (const { id } of members) chainOf.set(id, i);

  const graph = new dagre.Graph<dagre.GraphLabel, dagre.NodeLabel, dagre.EdgeLabel>();
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: GAP, marginx: MARGIN, marginy: MARGIN });
  for (const [i, { members, width }] of chains.entries()) {
    graph.setNode(String(i), { width, height: members.length * (NODE_HEIGHT + GAP) - GAP });
  }
  for (const [from, to] of edges) {
    const [a, b] = [chainOf.get(from), chainOf.get(to)];
    if (a !== undefined && b !== undefined && a !== b) graph.setEdge(String(a), String(b), {});
  }
  dagre.layout(graph);

  const placed = chains.flatMap(({ members }, i): PlacedNode[] => {
    const { x, y, height } = graph.node(String(i)) as Required<dagre.NodeLabel>;
    const top = y - height / 2 + NODE_HEIGHT / 2;
    return members.map((node, k) => ({
      node,
      x: Math.round(x),
      y: Math.round(top + k * (NODE_HEIGHT + GAP)),
      width: widthOf(node),
    }));
  });
  const inside = chains.flatMap(({ members }, i) => {
    const { x, y, height } = graph.node(String(i)) as Required<dagre.NodeLabel>;
    const top = y - height / 2 + NODE_HEIGHT;
    return members.slice(1).map((_, k) => `M${Math.round(x)},${Math.round(top + k * (NODE_HEIGHT + GAP))}v${GAP}`);
  });
  const between = graph.edges().map((edge: dagre.Edge) => curve(graph.edge(edge).points ?? []) ?? '');
  const { width = 0, height = 0 } = graph.graph();
  return { width: Math.ceil(width), height: Math.ceil(height), nodes: placed, edges: [...inside, ...between] };
}

/** What a node's box shows of its name and shape. */
export function labelsOf({ op, output, shape }: GraphNode): readonly [string, string] {
  const own = op === 'input' || op === 'output';
  return [shortened(own ? `${op} ${output}` : op, LABEL), shortened(shape, LABEL)];
}

function widthOf(node: GraphNode): number {
  return Math.round(Math.max(...labelsOf(node).map(({ length }) => length)) * CHARACTER) + PADDING;
}

function chainsOf(nodes: readonly GraphNode[], edges: GraphView['edges']): Chain[] {
  const after = new Map<string, Set<string>>(nodes.map(({ id }) => [id, new Set()]));
  const before = new Map<string, Set<string>>(nodes.map(({ id }) => [id, new Set()]));
  for (const [from, to] of edges) {
    if (!after.has(from) || !before.has(to)) continue;
    after.get(from)?.add(to);
    before.get(to)?.add(from);
  }
  const chains: Chain[] = [];
  const chainEndingAt = new Map<string, Chain>();
  for (const node of nodes) {
    const [previous, ...others] = before.get(node.id) as Set<string>;
    const chain =
      previous !== undefined && others.length === 0 && after.get(previous)?.size === 1
        ? chainEndingAt.get(previous)
        : undefined;
    const width = widthOf(node);
    if (chain && previous !== undefined) {
      chain.members.push(node);
      chain.width = Math.max(chain.width, width);
      chainEndingAt.delete(previous);
      chainEndingAt.set(node.id, chain);
    } else {
      const own = { members: [node], width };
      chains.push(own);
      chainEndingAt.set(node.id, own);
    }
  }
  return chains;
}
