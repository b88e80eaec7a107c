import type { FilterNode, FunnelStep, Operator } from '../lib/types.ts';

/** What somebody does on a site, in the words of whoever runs it. */
export const KINDS = ['page', 'event', 'conversion', 'form_submit', 'outbound', 'download', 'click', 'other'] as const;
export type Kind = (typeof KINDS)[number] | 'goal';

/** An action as it is built: its kind, what it is about, and whatever else must be so. Of a goal, `value` is the id. */
export interface Action {
  kind: Kind;
  value: string;
  more: FilterNode[];
}

type Comparison = { dimension: string; operator?: Operator; values: string[] };

/** What the value of each kind is compared with. */
export const VALUE_OF: Partial<Record<Kind, string>> = {
  page: 'page',
  event: 'event_type',
  conversion: 'conversion_type',
  form_submit: 'page',
  outbound: 'page',
  download: 'page',
  click: 'element',
};

const NEEDS_VALUE = new Set<Kind>(['page', 'event', 'click', 'goal']);
// An event of this type is what the kind means.
const TYPE_OF: Partial<Record<Kind, string>> = {
  page: 'page_view', // what else happens on a page is no visit to it
  form_submit: 'form_submit',
  outbound: 'outbound',
  download: 'download',
  click: 'click',
};

export const needsValue = (kind: Kind): boolean => NEEDS_VALUE.has(kind);

export const isComplete = ({ kind, value, more }: Action): boolean =>
  needsValue(kind) ? value !== '' : kind !== 'other' || more.length > 0;

const is = (dimension: string, value: string): Comparison => ({ dimension, operator: 'is', values: [value] });

/** A star stands for anything, as people write it. */
const like = (dimension: string, value: string): Comparison =>
  value.includes('*') ? { dimension, operator: 'matches', values: [value] } : is(dimension, value);

/** The action as the API has it. */
export function filtersOf({ kind, value, more }: Action): FilterNode[] {
  return [...own(kind, value), ...more];
}

function own(kind: Kind, value: string): FilterNode[] {
  if (kind === 'event') return [is('event_type', value)];
  if (kind === 'conversion') return [value ? is('conversion_type', value) : is('event_type', 'conversion')];
  const type = TYPE_OF[kind];
  const dimension = VALUE_OF[kind];
  if (!type || !dimension) return [];
  return [is('event_type', type), ...(value ? [like(dimension, value)] : [])];
}

/** The one value that a filter compares a dimension with, if it does no more than that. */
function valueOf(node: FilterNode | undefined, dimension: string): string | undefined {
  if (!node || !('dimension' in node) || node.dimension !== dimension || node.values.length !== 1) return undefined;
  const [value = ''] = node.values;
  return (node.operator ?? 'is') === (value.includes('*') ? 'matches' : 'is') && value ? value : undefined;
}

/** The action that filters describe, whoever wrote them: what has no words here is kept as further conditions. */
export function actionOf(filters: FilterNode[]): Action {
  const [first, ...others] = filters;
  const conversion = valueOf(first, 'conversion_type');
  if (conversion) return { kind: 'conversion', value: conversion, more: others };
  const type = valueOf(first, 'event_type');
  if (!type) return { kind: 'other', value: '', more: filters };
  if (type === 'conversion') return { kind: 'conversion', value: '', more: others };
  const kind = KINDS.find((each) => TYPE_OF[each] === type);
  const value = kind && valueOf(others[0], VALUE_OF[kind] ?? '');
  if (kind && value) return { kind, value, more: others.slice(1) };
  return kind && !needsValue(kind) ? { kind, value: '', more: others } : { kind: 'event', value: type, more: others };
}

/** The step of a funnel that an action is. */
export const stepOf = (action: Action): FunnelStep =>
  action.kind === 'goal' ? { goal: action.value } : { filters: filtersOf(action) };
