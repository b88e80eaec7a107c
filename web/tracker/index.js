import { collectorUrl, serverOf } from './address.js';
import { newId, rememberedId } from './identity.js';
import { MAX_BODY, createQueue } from './queue.js';
import { guarded, watch } from './watch.js';

/** @typedef {{apiUrl: string, siteId?: string}} Config */

const tag = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const options = tag ? tag.dataset : {};
const starting = !!tag && !('manual' in options);

let api = '';
/** @type {string | undefined} */
let siteId;
let userId = '';
let sessionId = '';
let watching = false;

const queue = createQueue(
  // Async, so that a page's own fetch which throws is one more failed try.
  async (body) =>
    fetch(api, {
      method: 'POST',
      body,
      credentials: 'omit',
      keepalive: body.length < MAX_BODY + 100,
    }),
  (body) => navigator.sendBeacon(api, body),
);

/**
 * @param {string} type
 * @param {object} [data]
 * @param {boolean} [urgent]
 */
function record(type, data, urgent) {
  const event = {
    site_id: siteId,
    user_id: userId,
    page_url: location.href,
    ...data,
    event_id: newId(),
    session_id: sessionId,
    timestamp: Date.now(),
    event_type: type,
  };
  event.page_url = event.page_url.slice(0, 2048);
  queue.push(event, urgent);
}

/** @param {Config} [config] without one, the script tag says where the server is */
function init(config) {
  const { apiUrl, siteId: site } = config || {
    apiUrl: options.api || serverOf(/** @type {HTMLScriptElement} */ (tag).src),
    siteId: options.site,
  };
  if (!/^http/.test(location.protocol)) return console.info('LiveInsight: only http(s) pages are counted');
  api = collectorUrl(apiUrl, location.href);
  siteId = site;
  if (watching) return;
  watching = true;
  userId = rememberedId(() => localStorage, 'li_user_id');
  sessionId = rememberedId(() => sessionStorage, 'li_session_id');
  watch(record, queue.leave);
}

const autoStart = () => {
  if (starting && !watching) init();
};

/**
 * @param {string} type
 * @param {object} [data]
 * @param {boolean} [urgent]
 */
function track(type, data, urgent) {
  // A page may call before its own start; the page view still comes first.
  autoStart();
  if (watching) record(type, data, urgent);
}

// A second tag on the page would count everything twice.
if (!window.LiveInsight) {
  window.LiveInsight = {
    init: guarded(init),
    track: guarded((type, data) => track(type, data)),
    trackConversion: guarded((type, data) => track('conversion', { ...data, conversion_type: type }, true)),
  };

  // Inline code after a plain tag may call init() with another address, and the title may not be read yet.
  const ready = document.prerendering ? 'prerenderingchange' : document.readyState === 'loading' && 'DOMContentLoaded';
  if (ready) document.addEventListener(ready, guarded(autoStart));
  else guarded(autoStart)();
}
