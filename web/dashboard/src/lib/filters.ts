import type { FilterNode, Operator } from './types.ts';

/** One removable chip: a dimension compared with values. */
export interface Filter {
  dimension: string;
  operator: Operator;
  values: string[];
}

export const OPERATORS: Operator[] = ['is', 'is_not', 'contains', 'starts_with', 'matches'];

const BETWEEN = '~';

/** A filter as text for the address: `source~is~Google~Naver`. Safe in a query string as it is. */
export function filterText({ dimension, operator, values }: Filter): string {
  return [dimension, operator, ...values].map((part) => encodeURIComponent(part).replaceAll(BETWEEN, '%7E')).join(BETWEEN);
}

/** What `filterText` wrote; undefined for anything else, such as an address typed by hand. */
export function readFilter(text: string): Filter | undefined {
  try {
    const [dimension, operator, ...values] = text.split(BETWEEN).map(decodeURIComponent);
    if (!dimension || !OPERATORS.includes(operator as Operator) || !values.length) return undefined;
    return { dimension, operator: operator as Operator, values };
  } catch {
    return undefined; // a percent sign that encodes nothing
  }
}

/**
 * The filters with one more value clicked on. A second value of the same dimension widens its filter; the same value
 * again takes it back.
 */
export function toggled(filters: Filter[], dimension: string, value: string): Filter[] {
  const at = filters.findIndex((each) => each.dimension === dimension && each.operator === 'is');
  const found = filters[at];
  if (!found) return [...filters, { dimension, operator: 'is', values: [value] }];
  const values = found.values.includes(value) ? found.values.filter((each) => each !== value) : [...found.values, value];
  return values.length ? filters.with(at, { ...found, values }) : filters.toSpliced(at, 1);
}

/** Whether a click has chosen this value. */
export const isChosen = (filters: Filter[], dimension: string, value: string): boolean =>
  filters.some((each) => each.dimension === dimension && each.operator === 'is' && each.values.includes(value));

/** The chips that say the same as saved filters, or undefined when chips cannot: they know no or, not, did. */
export function asChips(nodes: FilterNode[]): Filter[] | undefined {
  const chips = nodes.flatMap((node) => ('dimension' in node ? [{ operator: 'is' as Operator, ...node }] : []));
  return chips.length === nodes.length ? chips : undefined;
}
