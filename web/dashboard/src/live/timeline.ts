import type { ActiveSession } from '../lib/types.ts';
import { isSilent } from './feed.svelte.ts';

export interface WholeSession extends ActiveSession {
  is_active: boolean;
  exit_page: string;
  is_bounce: boolean;
  conversions: number;
  utm_campaign: string;
  referrer: string;
  region: string;
  screen: string;
  language: string;
}

export interface SessionEvent {
  event_id: string;
  timestamp: number;
  event_type: string;
  page: string;
  page_title: string;
  conversion_type: string;
  value: number | null;
  currency: string;
  engaged_ms: number | null;
  scroll_depth: number | null;
  element_text?: string;
  properties: Record<string, string | number | boolean>;
}

export interface SessionDetail {
  session: WholeSession;
  events: SessionEvent[];
}

/** One thing that happened, with how long nothing had happened before, and for a page what became of it. */
export interface Step {
  event: SessionEvent;
  gap: number;
  engaged: number;
  depth: number;
}

// A shorter gap is reading, and the times beside the steps say it.
const GAP = 60_000;

/**
 * The steps of a session, in order. Signs of life are no steps: how long a page was looked at and how far it was seen
 * belongs to its view. Leaving a page is one only at the end: before, the next page says it.
 */
export function stepsOf(events: SessionEvent[]): Step[] {
  const steps: Step[] = [];
  const views = new Map<string, Step>();
  events.forEach((event, i) => {
    const view = views.get(event.page);
    if (view) {
      view.engaged += event.engaged_ms ?? 0;
      view.depth = Math.max(view.depth, event.scroll_depth ?? 0);
    }
    if (isSilent(event) || (event.event_type === 'page_exit' && i < events.length - 1)) return;
    const before = steps.at(-1)?.event.timestamp ?? event.timestamp;
    const gap = event.timestamp - before;
    const step = { event, gap: gap < GAP ? 0 : gap, engaged: 0, depth: 0 };
    steps.push(step);
    if (event.event_type === 'page_view') views.set(event.page, step);
  });
  return steps;
}
