import { get } from './api.ts';
import { known } from './known.svelte.ts';
import { asked } from './period.ts';
import { Resource } from './resource.svelte.ts';
import { view } from './view.svelte.ts';

export interface GoalRate {
  goal: string;
  name: string;
  conversions: number;
  conversion_rate: number;
  converted_sessions: number;
  session_conversion_rate: number;
}

/** How often each goal of the site was reached in the period, most conversions first. */
export const goalRates = (): Resource<Record<string, string>, GoalRate[]> =>
  new Resource(
    () => ({ site_id: known.siteId, ...asked(view.now.period, known.today) }),
    (parameters, signal) => get<GoalRate[]>('statistics/goals', parameters, signal),
  );
