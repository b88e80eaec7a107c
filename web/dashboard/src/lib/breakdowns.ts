import type { FilterNode } from './types.ts';

/** How a dimension is shown: the metric its rows are ordered by, and those that the details add. */
export interface Breakdown {
  metrics: string[];
  more: string[];
  filters?: FilterNode[];
}

const VISITS = ['bounce_rate', 'avg_duration', 'conversion_rate'];
const BY_VISITORS: Breakdown = { metrics: ['visitors', 'percentage'], more: ['sessions', ...VISITS] };

const named = (dimension: string): FilterNode => ({ dimension, operator: 'is_not', values: [''] });

const SPECIAL: Record<string, Breakdown> = {
  page: { metrics: ['visitors', 'page_views'], more: ['entries', 'exit_rate', 'time_on_page', 'scroll_depth'] },
  page_title: { metrics: ['visitors', 'page_views'], more: ['time_on_page', 'scroll_depth'] },
  entry_page: { metrics: ['sessions'], more: ['visitors', ...VISITS] },
  exit_page: { metrics: ['sessions'], more: ['visitors', 'avg_duration'] },
  event_type: { metrics: ['visitors', 'events'], more: ['percentage'] },
  conversion_type: { metrics: ['visitors', 'conversions'], more: ['conversion_rate'], filters: [named('conversion_type')] },
  element: { metrics: ['visitors', 'events'], more: [], filters: [named('element')] },
};

// A list of referrers or campaigns is of those who have one.
const NAMED = new Set(['referrer', 'region', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']);

export const CAMPAIGNS = ['utm_campaign', 'utm_source', 'utm_medium', 'utm_term', 'utm_content'];

export function breakdown(dimension: string): Breakdown {
  if (dimension.startsWith('prop:')) return { metrics: ['visitors', 'events'], more: ['percentage'], filters: [named(dimension)] };
  const found = SPECIAL[dimension] ?? BY_VISITORS;
  return NAMED.has(dimension) ? { ...found, filters: [named(dimension)] } : found;
}
