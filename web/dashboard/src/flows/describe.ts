import { known } from '../lib/known.svelte.ts';
import { t, valueName } from '../lib/language.svelte.ts';
import type { FilterNode, FunnelStep, Goal } from '../lib/types.ts';
import { actionOf, type Action } from './action.ts';

/** A condition in words. */
export function condition(node: FilterNode): string {
  const words = t().flows.conditions;
  if ('and' in node) return node.and.map(inner).join(words.and);
  if ('or' in node) return node.or.map(inner).join(words.or);
  if ('not' in node) return words.not(condition(node.not));
  if ('did' in node) return words.did(condition(node.did));
  const values = node.values.map((value) => valueName(node.dimension, value)).join(words.or);
  return `${known.label(node.dimension)} ${t().reports.operators[node.operator ?? 'is']} ${values}`;
}

const inner = (node: FilterNode): string => ('dimension' in node ? condition(node) : `(${condition(node)})`);

export const conditions = (nodes: FilterNode[]): string => nodes.map(inner).join(t().flows.conditions.and);

/** What is done, in words: what a goal says of itself, and a step without a name. */
export function action(of: Action, goals: Goal[] = []): string {
  if (of.kind === 'goal') return goals.find(({ id }) => id === of.value)?.name ?? of.value;
  if (of.kind === 'other') return conditions(of.more);
  const value = of.kind === 'event' || of.kind === 'conversion' ? valueName('event_type', of.value) : of.value;
  const words = t().flows.does[of.kind](of.value && value);
  return of.more.length ? `${words} · ${conditions(of.more)}` : words;
}

export const filters = (nodes: FilterNode[]): string => action(actionOf(nodes));

/** What a step is called. */
export const step = (of: FunnelStep, goals: Goal[]): string => of.name || action(asAction(of), goals);

export const asAction = ({ goal, filters: nodes = [] }: FunnelStep): Action =>
  goal === undefined ? actionOf(nodes) : { kind: 'goal', value: goal, more: [] };

