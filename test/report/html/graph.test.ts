import { describe, expect, test } from '@jest/globals';
import { Budget } from '#report/html/budget.js';
import { diffGraphs } from '#report/html/graph-diff.js';
import { layoutGraph, NODE_HEIGHT } from '#report/html/graph-layout.js';
import { GraphPictures } from '#report/html/graph-picture.js';
import type { GraphView } from '#report/html/graph-view.js';
import { sampleGraph } from './sample-reports.js';

function chain(length: number): GraphView {
  const nodes = Array.from({ length }, (_, i) => ({
    id: String(i),
    op: 'ADD',
    layer: '',
    output: `t${i}`,
    shape: 'int8 1',
  }));
  return { nodes, edges: nodes.slice(1).map(({ id }, i) => [String(i), id] as const) };
}

describe('the layout of a graph', () => {
  test('has every op below those it reads from, none over another, all within the picture', () => {
    const view = sampleGraph(12);
    const { nodes, edges, width, height } = layoutGraph(view);
    const placed = new Map(nodes.map((each) => [each.node.id, each]));
    expect(placed.size).toBe(view.nodes.length);
    for (const [from, to] of view.edges) {
      expect(placed.get(to)!.y - placed.get(from)!.y).toBeGreaterThanOrEqual(NODE_HEIGHT);
    }
    for (const [i, a] of nodes.entries()) {
      expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
      expect(a.y + NODE_HEIGHT / 2).toBeLessThanOrEqual(height);
      for (const b of nodes.slice(i + 1)) {
        const apart = Math.abs(a.y - b.y) >= NODE_HEIGHT || Math.abs(a.x - b.x) * 2 >= a.width + b.width;
        expect(apart).toBe(true);
      }
    }
    expect(edges).toHaveLength(view.edges.length);
  });

  test('of parts that are not connected has all of them, and edges to nothing are no edges', () => {
    const { nodes, edges } = layoutGraph({
      ...chain(3),
      edges: [
        ['0', '1'],
        ['1', 'nowhere'],
        ['1', '1'],
      ],
    });
    expect(nodes).toHaveLength(3);
    expect(edges).toHaveLength(1);
  });

  test('of nothing is nothing', () => {
    expect(layoutGraph({ nodes: [], edges: [] }).nodes).toEqual([]);
  });

  test('of thousands of ops in a row takes no time', () => {
    const start = performance.now();
    expect(layoutGraph(chain(4000)).nodes).toHaveLength(4000);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('the difference of two graphs', () => {
  test('is none for the same, nor where only names differ', () => {
    for (const base of [sampleGraph(3), sampleGraph(3, false, 'renamed')]) {
      const { head, base: before } = diffGraphs(sampleGraph(3), base);
      expect([head.size, before.size]).toEqual([0, 0]);
    }
  });

  test('is what was added and removed, also under other names', () => {
    const { head, base } = diffGraphs(sampleGraph(3, true, 'renamed'), sampleGraph(3));
    const added = sampleGraph(3, true).nodes.filter(({ id }) => head.has(id));
    expect(added.map(({ op }) => op)).toEqual(['LOGISTIC', 'FULLY_CONNECTED', 'SOFTMAX', 'output']);
    expect(base.size).toBe(3);
  });

  test('tells ops of the same name that are others', () => {
    const { head, base } = diffGraphs(sampleGraph(3, true), sampleGraph(3));
    expect([...head.values()].sort()).toEqual(['added', 'changed', 'changed', 'changed']);
    expect([...base.values()]).toEqual(['changed', 'changed', 'changed']);
  });
});

describe('pictures of graphs', () => {
  test('show the first ops of large graphs, and say so', () => {
    const page = new GraphPictures(new Budget(10_000)).of('m', { head: chain(1000) });
    expect(page?.text).toContain('the first 400 of 1000 nodes');
    expect(page?.text.match(/<g class="o"/g)).toHaveLength(400);
  });

  test('end where the page has enough of them', () => {
    const pictures = new GraphPictures(new Budget(5));
    expect(pictures.of('m', { head: chain(3) })?.text).toContain('3 nodes');
    expect(pictures.of('m', { head: chain(3) })?.text).toContain('the first 2 of 3 nodes');
    expect(pictures.of('m', { head: chain(3) })?.text).toContain('m has 3 nodes, which are not drawn here');
  });

  test('are none where there is no graph', () => {
    expect(new GraphPictures(new Budget(5)).of('m', {})).toBeUndefined();
  });

  test('of a graph whose base is the same say so', () => {
    const page = new GraphPictures(new Budget(100)).of('m', { head: chain(3), base: chain(3) });
    expect(page?.text).toContain('Head and base have the same ops.');
  });
});
