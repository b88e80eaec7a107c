import { say } from './guard.js';
import { held, newId, put, touch } from './memory.js';
import { calls, options, place } from './options.js';
import { view } from './views.js';

const SECOND = 1e3;
const LONGEST_WAIT = 3e4;

// Fewer than the 500 events that a collector takes at once, however short they are.
const MOST_KEPT = 6e4;

// Browsers allow 64 KiB for all requests that outlive a page, and one character can take three bytes.
const OUTLIVES = 2e4;

/** Each page load keeps what it has not been told to have arrived under a key of its own: tabs cannot collide. */
const key = 'li_k' + newId();

/** Events as JSON, each after a comma: what happened is kept as it was when it happened. */
let kept = '';
let wait = 0;
let sending = 0;

/**
 * Takes over what other pages, killed or offline, have left behind. One of them may still be alive and send its events
 * too: the server knows their ids, so they count once.
 */
export const adopt = () =>
  Object.keys(held).map((name) => {
    if (/^li_k/.test(name) && !kept[MOST_KEPT]) {
      put(key, (kept += held[name]));
      delete held[name];
    }
  });

/** @param {boolean} [leaving] the page may be gone after this: no answer will be heard */
export const flush = async (leaving) => {
  if (!kept || (sending && !leaving) || held.li_send > Date.now()) return;
  const sent = kept;
  const body = `{"events":[${sent.slice(1)}],"sent_at":${Date.now()}}`;
  // Unlike fetch, a beacon keeps no browser from putting the page into its back/forward cache. It is not known to have
  // arrived: the next page sends it again.
  if (leaving) return navigator.sendBeacon(options.apiUrl, body);
  let asked = 0;
  sending = 1;
  try {
    const answer = await fetch(options.apiUrl, { method: 'POST', body, keepalive: !sent[OUTLIVES] });
    asked = SECOND * /** @type {any} */ (answer.headers).get('Retry-After') || 0;
    const { data, message = data.rejected[0]?.message } = await answer.json();
    if (!data && answer.status > 428) throw 0;
    message && say(message);
    wait = 0;
    put(key, (kept = kept.slice(sent.length)));
  } catch {
    // Randomly, so that the browsers of a busy site do not come back together after an outage; on every page, because
    // a visitor who clicks through a site must not ask more often than one who reads.
    put('li_send', Date.now() + asked + Math.random() * (wait = Math.min(LONGEST_WAIT, 2 * wait + SECOND)));
  }
  sending = 0;
};

/**
 * @param {string} type
 * @param {object} [data]
 * @param {unknown} [urgent] not worth losing to the second until the next batch
 */
export const record = (type, data, urgent) => {
  if (!view) return calls.push(() => record(type, data, urgent));
  touch();
  const event = () => ({
    site_id: options.siteId,
    user_id: held.li_user_id,
    page_url: (view + place.search).slice(0, 2048),
    ...data,
    session_id: held.li_session_id,
    event_id: newId(),
    timestamp: Date.now(),
    event_type: type,
  });
  kept[MOST_KEPT] || put(key, (kept += ',' + JSON.stringify(event())));
  urgent && flush();
};
