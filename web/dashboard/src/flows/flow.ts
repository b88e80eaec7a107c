/** The moves around a page as a picture needs them: every session in exactly one node of each layer that it reaches. */

export interface Move {
  step: number;
  from: string | null;
  to: string | null;
  sessions: number;
}

export interface JourneyResult {
  query: { page: string };
  sessions: number;
  links: Move[];
  others: Record<string, number>;
}

/** `page`: one page; `end`: the session began or ended here; `others`: pages that are not shown one by one. */
export interface FlowNode {
  id: string;
  /** Moves after the page (or, negative, before it). */
  at: number;
  kind: 'page' | 'end' | 'others';
  page: string;
  sessions: number;
}

export interface FlowLink {
  source: string;
  target: string;
  sessions: number;
}

export interface Flow {
  nodes: FlowNode[];
  links: FlowLink[];
}

const OTHERS = '*';

/** The flow with at most `most` pages a layer; smaller ones are among the others. */
export function flowOf({ query: { page }, sessions, links, others }: JourneyResult, most: number): Flow {
  const nodes = new Map<string, FlowNode>();
  const found = new Map<string, FlowLink>();
  const add = (layer: number, name: string | null, count: number): string => {
    const id = `${layer} ${name ?? ''}`;
    const node = nodes.get(id);
    if (node) node.sessions += count;
    else nodes.set(id, { id, at: layer, kind: name === null ? 'end' : name === OTHERS ? 'others' : 'page', page: name ?? '', sessions: count });
    return id;
  };
  add(0, page, sessions);
  for (const side of [-1, 1]) {
    let inner = new Map<string, number>([[page, sessions]]);
    for (let layer = side; others[layer] !== undefined; layer += side) {
      const moves = links.filter(({ step }) => step === layer).map((move) => side > 0 ? [move.from, move.to, move.sessions] as const : [move.to, move.from, move.sessions] as const);
      const shown = largest(moves.map(([, to, count]) => [to, count]), most);
      const next = new Map<string, number>();
      const left = new Map(inner);
      const connect = (near: string, far: string | null, count: number) => {
        if (count <= 0) return;
        const [a, b] = [`${layer - side} ${near}`, add(layer, far, count)];
        const [source, target] = side > 0 ? [a, b] : [b, a];
        const link = found.get(`${source}\n${target}`);
        if (link) link.sessions += count;
        else found.set(`${source}\n${target}`, { source, target, sessions: count });
        left.set(near, (left.get(near) ?? 0) - count);
        if (far !== null) next.set(far, (next.get(far) ?? 0) + count);
      };
      for (const [near, far, count] of moves) {
        connect(near !== null && inner.has(near) ? near : OTHERS, far === null || shown.has(far) ? far : OTHERS, count);
      }
      // Each session that came this far makes one move more: what no link tells went elsewhere.
      for (const [near, count] of left) connect(near, OTHERS, count);
      inner = next;
    }
  }
  return { nodes: [...nodes.values()], links: [...found.values()] };
}

function largest(counts: [name: string | null, count: number][], most: number): Set<string> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) if (name !== null) sums.set(name, (sums.get(name) ?? 0) + count);
  return new Set([...sums].sort((a, b) => b[1] - a[1]).slice(0, most).map(([name]) => name));
}
