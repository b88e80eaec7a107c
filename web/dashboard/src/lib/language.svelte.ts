import { en } from '../strings/en/index.ts';
import { ko } from '../strings/ko/index.ts';
import { remember, remembered } from './memory.ts';
import type { Lang } from './types.ts';

export type Texts = typeof en;

const NAMED = new Set(['source', 'channel', 'device', 'screen_class', 'event_type']);

const TEXTS: Record<Lang, Texts> = { en, ko };

class Language {
  current = $state<Lang>((remembered('lang') || navigator.language).startsWith('ko') ? 'ko' : 'en');

  choose(lang: Lang): void {
    this.current = lang;
    remember('lang', lang);
  }
}

export const language = new Language();

/** The texts of the language in use. */
export const t = (): Texts => TEXTS[language.current];

/** The name of a value that comes from data (a device, a channel, an event type), or the value itself. */
export function valueName(dimension: string, value: string): string {
  if (!value) return t().values.none;
  if (dimension === 'country') return countryName(value);
  if (dimension === 'language') return languageName(value);
  // What a site names itself is not translated: it is what one has to type to find it.
  if (!NAMED.has(dimension)) return value;
  return Object.hasOwn(t().values.names, value) ? (t().values.names[value] ?? value) : value;
}

function countryName(code: string): string {
  return intlName('region', code);
}

function languageName(code: string): string {
  return intlName('language', code);
}

function intlName(type: 'region' | 'language', code: string): string {
  try {
    return new Intl.DisplayNames(language.current, { type }).of(code) || code;
  } catch {
    return code;
  }
}
