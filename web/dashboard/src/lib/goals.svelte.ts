import { ask, get } from './api.ts';
import { known } from './known.svelte.ts';
import { isWaiting, whole } from './question.svelte.ts';
import { Resource } from './resource.svelte.ts';
import type { Goal, QueryResult } from './types.ts';

export interface GoalRate {
  goal: string;
  name: string;
  conversions: number;
  conversion_rate: number;
  converted_sessions: number;
  session_conversion_rate: number;
}

export const GOAL_METRICS = ['conversions', 'conversion_rate', 'converted_sessions', 'session_conversion_rate'] as const;

type Asked = ReturnType<typeof whole<object>>;

/** The goals of the site, by name. */
export const savedGoals = (): Resource<{ site_id: string }, Goal[]> =>
  new Resource(
    () => ({ site_id: known.siteId }),
    async (question, signal) => (await get<{ goals: Goal[] }>('goals', question, signal)).goals,
  );

/** How often each goal was reached by what passes the filters on screen. The list of the API knows no filters. */
export const goalRates = (): Resource<Asked, GoalRate[]> =>
  new Resource(
    () => (isWaiting() ? undefined : whole({})),
    (question, signal) => (question.filters.length ? oneByOne(question, signal) : get('statistics/goals', listed(question), signal)),
  );

const listed = ({ filters: _, ...rest }: Asked): Record<string, string> => rest;

async function oneByOne(question: Asked, signal: AbortSignal): Promise<GoalRate[]> {
  const { goals } = await get<{ goals: Goal[] }>('goals', { site_id: question.site_id }, signal);
  const found = goals.map(async ({ id, name }) => {
    const { rows } = await ask<QueryResult>('query', { ...question, metrics: GOAL_METRICS, goal: id }, signal);
    const [conversions = 0, conversion_rate = 0, converted_sessions = 0, session_conversion_rate = 0] = (rows[0]?.metrics ?? []).map(Number);
    return { goal: id, name, conversions, conversion_rate, converted_sessions, session_conversion_rate };
  });
  return (await Promise.all(found)).sort((a, b) => b.conversions - a.conversions);
}
