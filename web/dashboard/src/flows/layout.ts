import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import type { Flow, FlowNode } from './flow.ts';

export interface Place extends FlowNode {
  x: number;
  y: number;
  height: number;
}

export interface Way {
  source: string;
  target: string;
  sessions: number;
  path: string;
  width: number;
}

export const NODE_WIDTH = 10;
const GAP = 24; // each is a target of that height, however few sessions it stands for
const KINDS = { page: 0, others: 1, end: 2 };

/** Where the nodes of a flow stand, and the ways between them, in a box. */
export function layout({ nodes, links }: Flow, width: number, height: number): { places: Place[]; ways: Way[] } {
  const first = Math.min(...nodes.map(({ at }) => at));
  const last = Math.max(...nodes.map(({ at }) => at));
  // The last column's labels stand to the right of it.
  const column = width / (last - first + 1);
  const draw = sankey<FlowNode, { sessions: number }>()
    .nodeId(({ id }) => id)
    .nodeAlign(({ at }) => at - first)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(GAP)
    // Pages by size from above; those who came or left here, at the bottom.
    .nodeSort((a, b) => KINDS[a.kind] - KINDS[b.kind] || b.sessions - a.sessions)
    .extent([
      [0, 4],
      [Math.max(NODE_WIDTH, width - column + NODE_WIDTH), height - 4],
    ]);
  const graph = draw({
    nodes: nodes.map((node) => ({ ...node })),
    links: links.map(({ source, target, sessions }) => ({ source, target, sessions, value: sessions })),
  });
  const path = sankeyLinkHorizontal<FlowNode, { sessions: number }>();
  const idOf = (end: string | number | FlowNode) => (typeof end === 'object' ? end.id : String(end));
  return {
    places: graph.nodes.map(({ id, at, kind, page, sessions, x0 = 0, y0 = 0, y1 = 0 }) => ({ id, at, kind, page, sessions, x: x0, y: y0, height: y1 - y0 })),
    ways: graph.links.map((link) => ({
      source: idOf(link.source),
      target: idOf(link.target),
      sessions: link.sessions,
      path: path(link) ?? '',
      width: Math.max(1, link.width ?? 1),
    })),
  };
}
