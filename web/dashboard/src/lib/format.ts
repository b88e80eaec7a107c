import { language, t } from './language.svelte.ts';
import type { Interval, Unit } from './types.ts';

const MINUTE = 60_000;

/** A whole number, every digit shown. */
export const number = (value: number): string => value.toLocaleString(language.current);

/** A number short enough for a tile: 12.3K, 1.2만. */
export const short = (value: number): string =>
  Math.abs(value) < 10_000
    ? number(Math.round(value))
    : value.toLocaleString(language.current, { notation: 'compact', maximumFractionDigits: 1 });

const LEAST = 0.001;

/** A ratio as a share. What is there is never shown as nothing. */
export function percent(ratio: number, digits = Math.abs(ratio) < 0.1 ? 1 : 0): string {
  const write = (value: number) => value.toLocaleString(language.current, { style: 'percent', maximumFractionDigits: digits });
  return ratio > 0 && ratio < LEAST / 2 ? `<${write(LEAST)}` : write(ratio);
}

/** The two largest units that matter: 1h 5m, 5m 20s, 20s. */
export function duration(ms: number): string {
  const { h, m, s } = t().units;
  const total = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (hours) return `${hours}${h} ${minutes}${m}`;
  return minutes ? `${minutes}${m} ${seconds}${s}` : `${seconds}${s}`;
}

export const ago = (ms: number): string => (ms < 2000 ? t().units.now : t().units.ago(duration(ms)));

export function money(value: number, currency = ''): string {
  try {
    return value.toLocaleString(language.current, { style: 'currency', currency });
  } catch {
    return `${value.toLocaleString(language.current)} ${currency}`.trim();
  }
}

/** A metric's value. `currency` for money. */
export function value(of: number | null | undefined, unit: Unit, { brief = false, currency = '' } = {}): string {
  if (of === null || of === undefined) return '–';
  if (unit === 'ratio') return percent(of);
  if (unit === 'percent') return percent(of / 100, 0);
  if (unit === 'ms') return duration(of);
  if (unit === 'money') return money(of, currency);
  if (unit === 'number') return of.toLocaleString(language.current, { maximumFractionDigits: 2 });
  return brief ? short(of) : number(of);
}

/** A change as a sign and a share: +12 %. A change from nothing is no share. */
export function change(of: number | null | undefined): string {
  if (of === null || of === undefined) return '';
  return of.toLocaleString(language.current, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: Math.abs(of) < 0.1 ? 1 : 0,
  });
}

const dates = new Map<string, Intl.DateTimeFormat>();

function dated(time: number, timezone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${language.current} ${timezone} ${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language.current, { timeZone: timezone, ...options });
    dates.set(key, format);
  }
  return format.format(time);
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

export const clock = (time: number, timezone: string): string => dated(time, timezone, { ...CLOCK, second: '2-digit' });

export const minuteOfDay = (time: number, timezone: string): string => dated(time, timezone, CLOCK);

export const day = (time: number, timezone: string): string => dated(time, timezone, { dateStyle: 'medium' });

export const moment = (time: number, timezone: string): string => dated(time, timezone, { dateStyle: 'medium', timeStyle: 'medium' });

/** A day without a time zone, `2026-11-21`, as people write it. */
export const calendarDay = (text: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string =>
  dated(Date.parse(`${text}T00:00:00Z`), 'UTC', options);

/** A part of a time series, short for an axis or in full. */
export function part(time: number, interval: Interval, timezone: string, full = false): string {
  if (interval === 'minute') return minuteOfDay(time, timezone);
  if (interval === 'hour') {
    if (!full) return minuteOfDay(time, timezone);
    return `${dated(time, timezone, { weekday: 'short', month: 'short', day: 'numeric' })} ${minuteOfDay(time, timezone)}`;
  }
  if (interval === 'month') return dated(time, timezone, { year: 'numeric', month: full ? 'long' : 'short' });
  const from = dated(time, timezone, full ? { weekday: 'short', month: 'short', day: 'numeric' } : { month: 'short', day: 'numeric' });
  if (interval === 'week' && full) return t().units.weekFrom(from);
  return from;
}

/** A name short enough for a row. Generated ids begin with a time, so their end tells two apart. */
export const visitorName = (id: string | null | undefined): string =>
  !id ? t().values.none : id.length > 12 ? `…${id.slice(-6)}` : id;

/** One of 12 colours of a visitor, the same wherever the visitor appears. */
export function hue(id = ''): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return Math.abs(hash) % 12;
}

export const minuteStart = (time: number): number => time - (time % MINUTE);
