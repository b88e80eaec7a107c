import { en } from './strings/en.js';
import { ko } from './strings/ko.js';

/** @typedef {typeof en} Texts */
/** @typedef {{[K in keyof Texts]: Texts[K] extends string ? K : never}[keyof Texts]} PlainKey */

const KEY = 'li_lang';
const strings = { en, ko };

/** @returns {'en' | 'ko'} */
function preferred() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage may be blocked; the browser's own language is a good answer.
  }
  return (chosen || navigator.language).startsWith('ko') ? 'ko' : 'en';
}

export let lang = preferred();

/** The texts of the language in use. @returns {Texts} */
export const texts = () => strings[lang];

/**
 * The name of a value that comes from data (a device, a source, an event type), or the value itself when it has none.
 *
 * @param {string} value
 */
export function label(value) {
  const labels = /** @type {Record<string, string>} */ (texts().labels);
  return Object.hasOwn(labels, value) ? labels[value] : value;
}

/**
 * Fills the page's fixed texts and wires the language button; `changed` redraws what was drawn from data.
 *
 * @param {() => void} changed
 */
export function startLanguage(changed) {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById('language'));
  const apply = () => {
    document.documentElement.lang = lang;
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-i18n]'))) {
      element.textContent = texts()[/** @type {PlainKey} */ (element.dataset.i18n)];
    }
    button.textContent = texts().switchLanguage;
    button.lang = lang === 'ko' ? 'en' : 'ko';
    changed();
  };
  button.addEventListener('click', () => {
    lang = lang === 'ko' ? 'en' : 'ko';
    try {
      localStorage.setItem(KEY, lang);
    } catch {
      // Not kept for the next visit; this page still changes.
    }
    apply();
  });
  apply();
}
