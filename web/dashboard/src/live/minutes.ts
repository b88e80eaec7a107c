import type { LiveEvent, Realtime, ResultRow } from '../lib/types.ts';

export const MINUTE = 60_000;
export const SHOWN = 30;

export interface Minute {
  time: number;
  views: number;
  visitors: number;
}

export const minuteOf = (time: number): number => time - (time % MINUTE);

/** Who did something in which minute, as far as this page saw it. */
export type Seen = Map<number, Set<string>>;

/** Takes note of events; those that were noted before count once. Minutes before `first` are forgotten. */
export function note(seen: Seen, events: LiveEvent[], first: number): void {
  for (const { timestamp, visitor } of events) {
    const minute = minuteOf(timestamp);
    if (!visitor || minute < first) continue;
    const visitors = seen.get(minute) ?? new Set();
    seen.set(minute, visitors.add(visitor));
  }
  for (const minute of seen.keys()) if (minute < first) seen.delete(minute);
}

/**
 * The minutes from `first` on. What was asked for is right until it was answered; what the stream says is right now, but
 * only about the last five minutes, of which the first may be cut. A count only grows: the larger one is the newer one.
 */
export function lastMinutes(first: number, asked: ResultRow[], recent: Realtime['last_5_minutes']['by_minute'], seen: Seen): Minute[] {
  const rows = new Map(asked.map((row) => [Number(row.dimensions[0]), row.metrics]));
  const told = new Map(recent.slice(1).map(({ time, page_views }) => [time, page_views]));
  return Array.from({ length: SHOWN }, (_, i) => {
    const time = first + i * MINUTE;
    const [views = 0, visitors = 0] = rows.get(time) ?? [];
    return {
      time,
      views: Math.max(views ?? 0, told.get(time) ?? 0),
      visitors: Math.max(visitors ?? 0, seen.get(time)?.size ?? 0),
    };
  });
}
