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
  const { filters, period } = view.now;
  return { site_id: known.siteId, ...asked(period, known.today), filters: [...(known.segment?.filters ?? []), ...filters] };
}

/** A question with everything that it says by being asked here. Its own filters come on top. */
export function whole<Q extends { filters?: FilterNode[] }>(question: Q): Q & ReturnType<typeof here> {
  const base = here();
  return { ...question, ...base, filters: [...base.filters, ...(question.filters ?? [])] };
}

/** Whether it is not known yet what a segment in the address stands for: numbers of everybody would be wrong. */
export const isWaiting = (): boolean => view.now.segment !== '' && known.segments === undefined;

/** `POST /api/query` for a component; asks again when anything changes. */
export const query = (question: () => Question | undefined): Resource<object, QueryResult> => report('query', question);

/** One of the other reports: `query/funnel`, `query/retention`, `query/journey`, `query/page`. */
export function report<T>(path: string, question: () => (object & { filters?: FilterNode[] }) | undefined): Resource<object, T> {
  return new Resource<object, T>(
    () => {
      const asked = question();
      return asked && !isWaiting() ? whole(asked) : undefined;
    },
    (whole, signal) => ask<T>(path, whole, signal),
  );
}
