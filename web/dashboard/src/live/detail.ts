import * as format from '../lib/format.ts';
import type { LiveEvent } from '../lib/types.ts';

type Told = Pick<LiveEvent, 'event_type' | 'page_title' | 'element_text' | 'conversion_type' | 'properties'>;

/** What an event tells besides its kind and page: the clicked text, the kind of conversion, the properties. */
export function detailOf({ event_type, page_title, element_text, conversion_type, properties }: Told): string {
  const said = Object.entries(properties ?? {}).map(([name, content]) => `${name}: ${content}`);
  if (conversion_type) said.unshift(conversion_type);
  if (element_text) said.unshift(`“${element_text}”`);
  if (!said.length && event_type === 'page_view' && page_title) return page_title;
  return said.join(' · ');
}

export const moneyOf = ({ value, currency }: Pick<LiveEvent, 'value' | 'currency'>): string =>
  value === null || value === undefined ? '' : format.money(value, currency);

const KINDS = new Set(['page_view', 'page_exit', 'click', 'conversion', 'js_error', 'rage_click']);

/** The name of an event's colour: what the site itself named is custom. */
export const kindOf = (type: string): string => (KINDS.has(type) ? type : type === 'outbound' || type === 'download' ? 'click' : 'custom');
