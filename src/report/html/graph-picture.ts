import { shortened } from '../visible-text.js';
import type { Budget } from './budget.js';
import { diffGraphs, type NodeChange } from './graph-diff.js';
import { labelsOf, layoutGraph, NODE_HEIGHT, type PlacedNode } from './graph-layout.js';
import type { GraphNode, GraphView, VariantGraphs } from './graph-view.js';
import { type Markup, markup } from './markup.js';
import { table } from './table.js';

/** Ops of one graph that are drawn. */
const MAX_NODES = 400;
/** Characters of a name in a tooltip or a table. */
const MAX_NAME = 200;

const MARKS: Readonly<Record<NodeChange, string>> = { added: '+', removed: '−', changed: '~' };
const NONE: ReadonlyMap<string, NodeChange> = new Map();

/** The pictures of one page. */
export class GraphPictures {
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The graphs of a variant, differences marked where there are two; and its ops and tensors as a table. */
  of(title: string, { head, base }: VariantGraphs): Markup | undefined {
    const shownHead = head && this.#cut(head);
    const shownBase = base && this.#cut(base);
    if (!shownHead && !shownBase) return undefined;
    const diff = head && base ? diffGraphs(head, base) : { head: NONE, base: NONE };
    const differences = diff.head.size + diff.base.size;
    const legend = head && base ? diffText(differences) : undefined;
    return markup`<h4>Graph</h4>
${legend}<div class="graphs">
${head && shownHead && this.#figure(`Head of ${title}`, head, shownHead, diff.head)}${base && shownBase && this.#figure(`Base of ${title}`, base, shownBase, diff.base)}</div>
${shownHead?.nodes.length ? tensorTable(title, shownHead, diff.head) : undefined}`;
  }

  /** The first ops of a graph, and the edges between them. */
  #cut({ nodes, edges }: GraphView): GraphView {
    const shown = nodes.slice(0, this.#budget.take(Math.min(nodes.length, MAX_NODES)));
    if (shown.length === nodes.length) return { nodes, edges };
    const ids = new Set(shown.map(({ id }) => id));
    return { nodes: shown, edges: edges.filter(([from, to]) => ids.has(from) && ids.has(to)) };
  }

  #figure(
    title: string,
    { nodes: all }: GraphView,
    shown: GraphView,
    changes: ReadonlyMap<string, NodeChange>,
  ): Markup {
    if (shown.nodes.length === 0) {
      return markup`<p class="note">${title} has ${all.length} nodes, which are not drawn here, as the report would be too large.</p>
`;
    }
    const { width, height, nodes, edges } = layoutGraph(shown);
    const count =
      shown.nodes.length < all.length
        ? `the first ${shown.nodes.length} of ${all.length} nodes`
        : `${all.length} nodes`;
    return markup`<figure class="graph"><figcaption>${title}: ${count}</figcaption>
<div class="view" role="group" tabindex="0" aria-label="Graph: ${title}"><svg class="g" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Ops of ${title} and how tensors flow between them">
<path class="e" d="${edges.join('')}"/>
${nodes.map((node) => nodeMarkup(node, changes.get(node.node.id)))}</svg></div></figure>
`;
  }
}

function diffText(differences: number): Markup {
  if (differences === 0) return markup`<p>Head and base have the same ops.</p>`;
  return markup`<p>Marked: <span class="d added">+ added</span>, <span class="d removed">− removed</span>, <span class="d changed">~ another op or shape</span>.</p>`;
}

function nodeMarkup({ node, x, y, width }: PlacedNode, change: NodeChange | undefined): Markup {
  const [op, shape] = labelsOf(node);
  const own = node.op === 'input' || node.op === 'output' ? ' io' : '';
  const mark = change && markup`${MARKS[change]} `;
  return markup`<g class="o${own}${change ? ` ${change}` : ''}" transform="translate(${x},${y})"><title>${tooltip(node)}</title><rect x="${-width / 2}" y="${-NODE_HEIGHT / 2}" width="${width}" height="${NODE_HEIGHT}" rx="5"/><text y="-3">${mark}${op}</text><text y="12" class="s">${shape}</text></g>
`;
}

function tooltip({ op, output, layer, shape }: GraphNode): string {
  const lines = [op, shortened(output, MAX_NAME), shape];
  if (layer !== '' && layer !== output) lines.push(shortened(layer, MAX_NAME));
  return lines.join(' · ');
}

function tensorTable(title: string, { nodes }: GraphView, changes: ReadonlyMap<string, NodeChange>): Markup {
  const columns = [
    { name: 'output', cell: ({ output }: GraphNode) => shortened(output, MAX_NAME) },
    {
      name: 'op',
      cell: ({ id, op }: GraphNode) => {
        const change = changes.get(id);
        return change ? `${MARKS[change]} ${op}` : op;
      },
    },
    { name: 'type and shape', cell: ({ shape }: GraphNode) => shape },
    { name: 'layer', cell: ({ layer }: GraphNode) => shortened(layer, MAX_NAME) },
  ];
  return markup`<details><summary>Ops and tensors</summary>
${table(`Ops and tensors of ${title}`, columns, nodes)}</details>
`;
}
