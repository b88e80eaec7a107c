import { options } from './options.js';

const HALF_HOUR = 18e5;
let last = 0;

/**
 * What is remembered: `localStorage`, or an object that lives as long as the page.
 *
 * @type {Record<string, any>}
 */
export let held = {};

/** @param {Storage} storage */
export const rememberIn = (storage) => {
  held = storage;
};

/**
 * When the browser has no room, everything goes on in a copy.
 *
 * @param {string} key
 * @param {string | number} value
 */
export const put = (key, value) => {
  try {
    held[key] = value;
  } catch {
    held = { ...held, [key]: value };
  }
};

/**
 * An id that sorts by time, such as `lmi9x2k4f.8rc0q7v1t2m`: those of one page keep their order, even within a
 * millisecond or when the clock steps back. By its form the server knows that it was made for one event. Ids are names
 * and no secrets, so Math.random is random enough.
 */
export const newId = () =>
  'l' + (last = Math.max(Date.now(), last + 1)).toString(36) + Math.random().toString(36).slice(1);

/** Whether the session is over: nothing has happened in any tab for half an hour. */
export const expired = () => !(held.li_seen > Date.now() - HALF_HOUR);

/** Something happens: in this session, or in a new one. Without memory, the server says who it is. */
export const touch = () => {
  if (expired()) {
    put('li_session_id', options.privacy ? '-' : newId());
    options.privacy || held.li_user_id || put('li_user_id', newId());
  }
  put('li_seen', Date.now());
};
