import type { Filter } from './filters.ts';
import * as format from './format.ts';
import { known } from './known.svelte.ts';
import { t, valueName } from './language.svelte.ts';
import { isDays, type Period } from './period.ts';

/** A period as people say it. */
export function periodLabel(period: Period): string {
  if (!isDays(period)) return t().reports.periods[period] ?? period;
  const from = format.calendarDay(period.from);
  return period.from === period.to ? from : `${from} – ${format.calendarDay(period.to)}`;
}

/** A filter as people say it. */
export function filterLabel({ dimension, operator, values }: Filter): string {
  const names = values.map((value) => valueName(dimension, value)).join(t().reports.or);
  return `${known.label(dimension)} ${t().reports.operators[operator]} ${names}`;
}
