import { texts } from './texts.js';

/** @typedef {keyof typeof texts} Lang */

// The dashboard keeps the choice under the same name.
const KEY = 'li_lang';

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @returns {string | null} */
function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is blocked; the browser's own language is a good answer
  }
}

/** @param {Lang} lang */
function keep(lang) {
  try {
    localStorage.setItem(KEY, lang);
  } catch {
    // Not kept for the next visit; this page still changes.
  }
}

/** @param {Lang} lang */
function show(lang) {
  const words = texts[lang];
  const isWrong = new URLSearchParams(location.search).has('error');
  document.documentElement.lang = lang;
  document.title = `${words.title} · LiveInsight`;
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-text]'))) {
    element.textContent = words[/** @type {keyof typeof words} */ (element.dataset.text)];
  }
  byId('error').textContent = isWrong ? words.error : '';
  byId('token').setAttribute('aria-invalid', String(isWrong));
  byId('language').lang = lang === 'ko' ? 'en' : 'ko';
}

/** @type {Lang} */
let lang = (chosen() || navigator.language).startsWith('ko') ? 'ko' : 'en';

byId('language').addEventListener('click', () => {
  lang = lang === 'ko' ? 'en' : 'ko';
  keep(lang);
  show(lang);
});
show(lang);
