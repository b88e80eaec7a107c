import { ask } from './api.ts';
import { known } from './known.svelte.ts';
import { asked } from './period.ts';
import { Resource } from './resource.svelte.ts';
import type { Compare, FilterNode, QueryResult } from './types.ts';
import { view } from './view.svelte.ts';

export interface Question {
  metrics: string[];
  dimensions?: string[];
  filters?: FilterNode[];
  /** The id of a saved goal, or what an event must be like to reach one that is not saved. */
  goal?: string | FilterNode[];
  compare?: Compare;
  order_by?: { by: string; descending: boolean }[];
  limit?: number;
  offset?: number;
}

/** What every question on this screen says: site, period, and the filters and segment that were chosen. */
export function here(): { site_id: string; filters: FilterNode[] } {
  const { filters, segment, period } = view.now;
  const saved = known.segments.find(({ id }) => id === segment)?.filters ?? [];
  return { site_id: known.siteId, ...asked(period, known.today), filters: [...saved, ...filters] };
}

/** A question with everything that it says by being asked here. Its own filters come on top. */
export function whole<Q extends { filters?: FilterNode[] }>(question: Q): Q & ReturnType<typeof here> {
  const base = here();
  return { ...question, ...base, filters: [...base.filters, ...(question.filters ?? [])] };
}

/** `POST /api/query` for a component; asks again when anything changes. */
export const query = (question: () => Question | undefined): Resource<object, QueryResult> => report('query', question);

/** One of the other reports: `query/funnel`, `query/retention`, `query/journey`, `query/page`. */
export function report<T>(path: string, question: () => (object & { filters?: FilterNode[] }) | undefined): Resource<object, T> {
  return new Resource<object, T>(
    () => {
      const asked = question();
      return asked && whole(asked);
    },
    (whole, signal) => ask<T>(path, whole, signal),
  );
}
