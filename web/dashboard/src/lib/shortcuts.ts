import { moved, SHORTCUTS } from './period.ts';
import { known } from './known.svelte.ts';
import { remember, remembered } from './memory.ts';
import { view } from './view.svelte.ts';
import type { Screen } from './address.ts';

const SCREEN_KEYS: Record<string, Screen> = { o: 'overview', l: 'live', g: 'goals', f: 'funnels', r: 'retention', j: 'journeys' };
const PERIOD_KEYS = new Map(SHORTCUTS.map(([name, key]) => [key, name]));

/** Keys that do something, with the names of what they do in the texts. */
export const KEYS = { screens: SCREEN_KEYS, periods: SHORTCUTS };

const OFF = 'keys';

/** Single keys can be turned off: speech input types them by mistake. */
export const areOn = (): boolean => remembered(OFF) !== 'off';
export const turn = (on: boolean): void => remember(OFF, on ? 'on' : 'off');

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** What a key pressed anywhere on the page does. `help` opens the list of keys. */
export function press(event: KeyboardEvent, help: () => void): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === '?') return help();
  const screen = SCREEN_KEYS[key];
  const period = PERIOD_KEYS.get(key) ?? step(key);
  if (screen) view.go({ screen, more: {} });
  else if (period) view.go({ period });
  else if (key === 'c') view.go({ compare: view.now.compare === 'none' ? 'previous' : 'none' });
  else if (key === 'Escape' && (view.now.filters.length || view.now.segment)) view.go({ filters: [], segment: '' });
}

function step(key: string) {
  if (key === 'ArrowLeft') return moved(view.now.period, -1, known.today);
  return key === 'ArrowRight' ? moved(view.now.period, 1, known.today) : undefined;
}
