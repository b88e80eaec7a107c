import { filterText, readFilter, type Filter } from './filters.ts';
import { periodText, readPeriod, type Period } from './period.ts';
import type { Compare } from './types.ts';

export const SCREENS = ['overview', 'live', 'page', 'goals', 'funnels', 'retention', 'journeys', 'ledger', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];

/** Everything that an address says: whoever opens it sees the same. Empty texts are left out. */
export interface View {
  screen: Screen;
  site: string;
  period: Period;
  compare: Compare;
  filters: Filter[];
  segment: string;
  /** What a screen has to say besides: the metric of the chart, an open dialog, a chosen funnel. */
  more: Record<string, string>;
}

export const DEFAULT: View = { screen: 'overview', site: '', period: '7d', compare: 'previous', filters: [], segment: '', more: {} };

const COMPARE: Compare[] = ['none', 'previous', 'year'];

/** The view as the part of the address after `#`. What is as usual is not said. */
export function viewText(view: View): string {
  const said: string[] = [];
  const say = (name: string, value: string, usual = '') => {
    if (value !== usual) said.push(`${name}=${encodeURIComponent(value)}`);
  };
  say('site', view.site);
  say('period', periodText(view.period), periodText(DEFAULT.period));
  say('compare', view.compare, DEFAULT.compare);
  for (const filter of view.filters) said.push(`f=${filterText(filter)}`);
  say('segment', view.segment);
  for (const [name, value] of Object.entries(view.more)) say(name, value);
  return `#/${view.screen}${said.length ? `?${said.join('&')}` : ''}`;
}

/** The view of an address. What makes no sense is as usual: a link that was cut still shows something. */
export function readView(hash: string): View {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const view: View = { ...DEFAULT, filters: [], more: {} };
  view.screen = SCREENS.find((each) => each === path) ?? DEFAULT.screen;
  for (const pair of query.split('&').filter(Boolean)) {
    const at = pair.indexOf('=');
    const [name, raw] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    read(view, name, raw);
  }
  return view;
}

function read(view: View, name: string, raw: string): void {
  if (name === 'f') {
    const filter = readFilter(raw);
    if (filter) view.filters.push(filter);
    return;
  }
  const value = decoded(raw);
  if (name === 'site') view.site = value;
  else if (name === 'period') view.period = readPeriod(value) ?? DEFAULT.period;
  else if (name === 'compare') view.compare = COMPARE.find((each) => each === value) ?? DEFAULT.compare;
  else if (name === 'segment') view.segment = value;
  else if (value) view.more[name] = value;
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
