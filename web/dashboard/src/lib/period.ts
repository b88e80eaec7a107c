import type { Interval } from './types.ts';

/** Days by the site's calendar, both included, as `2026-11-21`. */
export interface Days {
  from: string;
  to: string;
}

/** A name that moves with the clock, or fixed days. */
export type Period = string | Days;

/** The shortcuts, with the key that chooses each. `month` and `year` begin with the calendar's. */
export const SHORTCUTS: [name: string, key: string][] = [
  ['today', 'd'],
  ['yesterday', 'y'],
  ['24h', 'h'],
  ['7d', 'w'],
  ['30d', 'm'],
  ['90d', 'q'],
  ['month', 'n'],
  ['year', 'a'],
  ['12mo', 't'],
];

const DAY = 86_400_000;
const NAMES = new Set(SHORTCUTS.map(([name]) => name));
const DATE = /^\d{4}-\d\d-\d\d$/;

const asTime = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const asDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const isDays = (period: Period): period is Days => typeof period !== 'string';

export const isDay = (text: string): boolean => DATE.test(text) && !Number.isNaN(asTime(text)) && asDay(asTime(text)) === text;

/** A period as the address has it: `7d`, or `2026-11-01..2026-11-21`. */
export const periodText = (period: Period): string => (isDays(period) ? `${period.from}..${period.to}` : period);

export function readPeriod(text: string): Period | undefined {
  if (NAMES.has(text)) return text;
  const [from = '', to = ''] = text.split('..');
  return isDay(from) && isDay(to) && from <= to ? { from, to } : undefined;
}

/** The date at a moment, on the clock of a time zone. */
export function dayAt(time: number, timezone: string): string {
  // The Swedish way to write a date is ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(time);
}

/** The days of a period, its last one included. Undefined for 24 hours, which are no days. */
export function daysOf(period: Period, today: string): Days | undefined {
  if (isDays(period)) return period;
  const back = (days: number): Days => ({ from: asDay(asTime(today) - days * DAY), to: today });
  const rolling = /^(\d+)d$/.exec(period);
  if (rolling) return back(Number(rolling[1]) - 1);
  if (period === 'today') return back(0);
  if (period === 'yesterday') return { from: back(1).from, to: back(1).from };
  if (period === 'month') return { from: `${today.slice(0, 8)}01`, to: today };
  if (period === 'year') return { from: `${today.slice(0, 5)}01-01`, to: today };
  if (period === '12mo') return { from: asDay(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 12, 1)), to: today };
  return undefined;
}

/** The period of the same length before (-1) or after (1); undefined when there is none, or it is not here yet. */
export function moved(period: Period, by: 1 | -1, today: string): Period | undefined {
  const days = daysOf(period, today);
  if (!days) return undefined;
  const length = (asTime(days.to) - asTime(days.from)) / DAY + 1;
  const from = asDay(asTime(days.from) + by * length * DAY);
  if (from > today) return undefined;
  const to = asDay(asTime(from) + (length - 1) * DAY);
  if (from === to && to === today) return 'today';
  return { from, to };
}

/** The period as a question has it. */
export function asked(period: Period, today: string): { period: string } | Days {
  if (!isDays(period) && period !== 'month' && period !== 'year') return { period };
  return daysOf(period, today) ?? { period: '7d' };
}

/** The intervals that make a readable series of a period, the best first. */
export function intervalsOf(period: Period, today: string): Interval[] {
  const days = daysOf(period, today);
  const length = days ? (asTime(days.to) - asTime(days.from)) / DAY + 1 : 1;
  if (length <= 1) return ['hour', 'minute'];
  if (length <= 7) return ['day', 'hour'];
  if (length <= 31) return ['day', 'week', 'hour'];
  if (length <= 100) return ['day', 'week', 'month'];
  return length <= 400 ? ['month', 'week', 'day'] : ['month', 'week'];
}
