/** What the server sends, as the design's HTTP contract has it. Fields that may be missing are optional. */

export interface Realtime {
  site_id: string;
  timestamp: number;
  online_visitors: number;
  active_sessions: number;
  pages: { page: string; visitors: number }[];
  sources: { source: string; visitors: number }[];
  last_5_minutes: {
    events: number;
    page_views: number;
    by_type: Record<string, number>;
    by_minute: { time: number; events: number; page_views: number }[];
  };
}

export interface LiveEvent {
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
  value?: number;
  currency?: string;
  properties?: Record<string, string | number | boolean>;
}

export interface Session {
  session_id: string;
  user_id?: string;
  last_activity: number;
  current_page: string;
  duration: number;
  page_views: number;
  source?: string;
  country?: string;
  device?: string;
}

export interface Site {
  site_id: string;
  events: number;
}

export type ConnectionState = 'connecting' | 'waiting' | 'live' | 'polling' | 'offline';
