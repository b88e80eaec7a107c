import type { Interval, ResultRow } from './types.ts';

/** One metric by time, as a chart needs it. */
export interface Series {
  times: number[];
  values: (number | null)[];
  /** The period compared with, aligned by position; empty when nothing is compared. */
  before: (number | null)[];
  /** How many of the last points are not over yet. */
  unfinished: number;
}

const LENGTH: Record<Interval, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 31 * 86_400_000,
};

/** The series of the metric at `index`. Parts that have not begun by `now` have no value: a line to zero would lie. */
export function seriesOf(rows: ResultRow[], index: number, interval: Interval, now: number): Series {
  const times = rows.map((row) => Number(row.dimensions[0]));
  const begun = times.filter((time) => time <= now).length;
  const last = times[begun - 1];
  const end = times[begun] ?? (last === undefined ? now : last + LENGTH[interval]);
  return {
    times,
    values: rows.map((row, i) => (i < begun ? (row.metrics[index] ?? null) : null)),
    before: rows.some((row) => row.comparison) ? rows.map((row) => row.comparison?.[index] ?? null) : [],
    unfinished: last !== undefined && end > now ? 1 : 0,
  };
}
