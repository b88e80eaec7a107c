import type { ResultRow } from '../lib/types.ts';

export interface Neighbour {
  page: string | null;
  sessions: number;
}

/** The answer of `query/page`. */
export interface PageReport {
  page: string;
  summary: Record<string, number>;
  comparison: Record<string, number> | null;
  change: Record<string, number | null> | null;
  next: Neighbour[];
  previous: Neighbour[];
  clicks: { element: string; events: number; visitors: number }[];
  sources: { source: string; visitors: number; page_views: number }[];
}

/** The totals as a row of a query, which the summary shows. */
export function totalOf({ summary, comparison, change }: PageReport, metrics: string[]): ResultRow {
  const inOrder = (of: Record<string, number | null> | null) => of && metrics.map((metric) => of[metric] ?? null);
  return { dimensions: [], metrics: inOrder(summary) ?? [], comparison: inOrder(comparison), change: inOrder(change) };
}
