import { lang, texts } from './i18n.js';

/** @param {number} value */
export const number = (value) => value.toLocaleString(lang);

/** @param {number} time ms since the epoch */
export const clock = (time) => new Date(time).toTimeString().slice(0, 8);

/** @param {number} time ms since the epoch */
export const minuteOfDay = (time) => clock(time).slice(0, 5);

/** The two largest units that matter: 1h 5m, 5m 20s, 20s. @param {number} ms */
export function duration(ms) {
  const { hours, minutes, seconds } = texts();
  const total = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (h) return `${h}${hours} ${m}${minutes}`;
  return m ? `${m}${minutes} ${s}${seconds}` : `${s}${seconds}`;
}

/** @param {number} ms */
export const ago = (ms) => (ms < 2000 ? texts().justNow : texts().ago(duration(ms)));

/** @param {string} [code] ISO 3166 */
export function country(code) {
  if (!code) return texts().unknown;
  try {
    return new Intl.DisplayNames(lang, { type: 'region' }).of(code) || code;
  } catch {
    return code;
  }
}

/**
 * A name short enough for a row. Generated ids begin with a time, so their end is what tells two apart.
 *
 * @param {string | undefined} id
 */
export function visitorName(id) {
  if (!id) return texts().unknown;
  return id.length > 16 ? `…${id.slice(-6)}` : id;
}

/** A colour of one visitor, the same wherever the visitor appears: one of 12 classes. @param {string} [id] */
export function hue(id = '') {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return `hue${Math.abs(hash) % 12}`;
}

/** @param {number} value @param {string} [currency] ISO 4217 */
export function money(value, currency) {
  if (!currency) return number(value);
  try {
    return value.toLocaleString(lang, { style: 'currency', currency });
  } catch {
    return `${number(value)} ${currency}`;
  }
}
