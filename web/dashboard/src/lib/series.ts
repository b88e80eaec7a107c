import type { QueryResult } from './types.ts';

/** One metric by time, as a chart needs it. */
export interface Series {
  times: number[];
  values: (number | null)[];
  /** The period compared with, aligned by position; empty when nothing is compared. */
  before: (number | null)[];
  /** How many of the last points are not over yet. */
  unfinished: number;
}

/**
 * The series of the metric at `index`. Parts that have not begun by `now` have no value: a line to zero would lie. The last
 * part ends with the period.
 */
export function seriesOf({ rows, query }: QueryResult, index: number, now: number): Series {
  const times = rows.map((row) => Number(row.dimensions[0]));
  const begun = times.filter((time) => time <= now).length;
  return {
    times,
    values: rows.map((row, i) => (i < begun ? (row.metrics[index] ?? null) : null)),
    before: rows.some((row) => row.comparison) ? rows.map((row) => row.comparison?.[index] ?? null) : [],
    unfinished: begun > 0 && (times[begun] ?? query.to) > now ? 1 : 0,
  };
}
