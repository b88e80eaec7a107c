/** What the server sends. Fields that may be missing are optional; times and durations are milliseconds. */

export type Lang = 'en' | 'ko';
export type Unit = 'count' | 'ratio' | 'ms' | 'percent' | 'number' | 'money';
export type Interval = 'minute' | 'hour' | 'day' | 'week' | 'month';
export type Operator = 'is' | 'is_not' | 'contains' | 'starts_with' | 'matches';
export type Compare = 'none' | 'previous' | 'year';

export interface Term {
  name: string;
  label: Record<Lang, string>;
  definition: Record<Lang, string>;
}

export interface MetricTerm extends Term {
  scope: string;
  unit: Unit;
  better?: 'higher' | 'lower' | null;
}

export interface DimensionTerm extends Term {
  scope: string;
}

export interface Vocabulary {
  metrics: MetricTerm[];
  dimensions: DimensionTerm[];
  definitions: Term[];
}

export interface Site {
  site_id: string;
  events: number;
  timezone: string;
  retention_days: number;
  created_at: number | null;
  last_event_at: number | null;
  saved: boolean;
}

/** A condition as the API has it. */
export type FilterNode =
  | { dimension: string; operator?: Operator; values: string[] }
  | { and: FilterNode[] }
  | { or: FilterNode[] }
  | { not: FilterNode }
  | { did: FilterNode };

export interface ResultRow {
  dimensions: (string | number)[];
  metrics: (number | null)[];
  comparison?: (number | null)[] | null;
  change?: (number | null)[] | null;
}

export interface QueryResult {
  query: { from: number; to: number; timezone: string };
  rows: ResultRow[];
  total_rows: number;
}

export interface Saved {
  id: string;
  name: string;
}

export interface Segment extends Saved {
  filters: FilterNode[];
}

export interface Goal extends Saved {
  filters: FilterNode[];
}

export interface FunnelStep {
  name?: string;
  filters?: FilterNode[];
  goal?: string;
}

export interface SavedFunnel extends Saved {
  steps: FunnelStep[];
  days: number;
}

export interface Realtime {
  site_id: string;
  timezone: string;
  timestamp: number;
  online_visitors: number;
  active_sessions: number;
  pages: { page: string; visitors: number }[];
  sources: { source: string; visitors: number }[];
  countries: { country: string; visitors: number }[];
  last_5_minutes: {
    events: number;
    page_views: number;
    by_type: Record<string, number>;
    by_minute: { time: number; events: number; page_views: number }[];
  };
}

export interface LiveEvent {
  site_id: string;
  event_id: string;
  session_id: string;
  timestamp: number;
  event_type: string;
  page: string;
  page_title?: string;
  visitor?: string;
  source?: string;
  country?: string;
  device?: string;
  element_text?: string;
  conversion_type?: string;
  value?: number | null;
  currency?: string;
  properties?: Record<string, string | number | boolean>;
}

export interface ActiveSession {
  session_id: string;
  user_id: string | null;
  visitor: string;
  started_at: number;
  last_activity: number;
  entry_page: string;
  current_page: string;
  duration: number;
  events: number;
  page_views: number;
  source: string;
  country: string;
  browser: string;
  os: string;
  device: string;
}
