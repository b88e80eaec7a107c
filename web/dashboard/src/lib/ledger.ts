import { dayAt } from './period.ts';

export const OUTCOMES = ['stored', 'duplicates', 'filtered', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface LedgerLine extends Record<Outcome, number> {
  received: number;
  reasons: Partial<Record<Outcome, Record<string, number>>>;
}

export interface Ledger {
  from: number;
  to: number;
  total: LedgerLine;
  hours: (LedgerLine & { hour: number; site_id: string })[];
}

export type LedgerDay = Record<Outcome, number> & { day: string; received: number };

/** The hours added up by the days of a time zone, oldest first. */
export function byDay({ hours }: Ledger, timezone: string): LedgerDay[] {
  const days = new Map<string, LedgerDay>();
  for (const line of hours) {
    const day = dayAt(line.hour, timezone);
    const found = days.get(day) ?? { day, received: 0, stored: 0, duplicates: 0, filtered: 0, rejected: 0 };
    for (const name of ['received', ...OUTCOMES] as const) found[name] += line[name];
    days.set(day, found);
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** The reasons of what was not counted, most events first. */
export function reasonsOf(line: LedgerLine): { outcome: Outcome; reason: string; events: number }[] {
  return OUTCOMES.flatMap((outcome) =>
    Object.entries(line.reasons[outcome] ?? {}).map(([reason, events]) => ({ outcome, reason, events })),
  ).sort((a, b) => b.events - a.events);
}
