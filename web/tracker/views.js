import { guarded, on } from './guard.js';
import { expired } from './memory.js';
import { place } from './options.js';
import { flush, record } from './queue.js';

const HEARTBEAT = 30;
const IDLE = 60;
const GONE = 2;

/** Address of the page in view without its query; empty before the start, and on pages that are not counted. */
export let view = '';
let referrer = document.referrer;
/** The part of the page that was seen, down to the deepest point. */
let depth = 0;
/** Seconds in view and in use that no event has carried yet. */
let engaged = 0;
/**
 * Seconds in view since the visitor last did anything; undefined before the start.
 *
 * @type {any}
 */
export let idle;
/** 1: out of view, more: left. */
let away = 0;

/** @param {string} type */
const recordPresence = (type) => {
  // With a grain: browsers round where a page is scrolled to, and its end may be at 99.9 percent.
  record(type, { engaged_ms: engaged * 1e3, scroll_depth: Math.min(100, 100.5 * depth | 0) });
  engaged = 0;
};

const address = () => place.origin + place.pathname;

/** @param {unknown} [urgent] */
export const pageView = (urgent) => {
  view = address();
  away = idle = depth = 0;
  record(
    'page_view',
    {
      page_title: document.title,
      referrer,
      language: navigator.language,
      screen: screen.width + 'x' + screen.height,
    },
    urgent,
  );
  referrer = view;
};

const look = () => {
  depth = Math.max(depth, (scrollY + innerHeight) / document.documentElement.scrollHeight);
};

// After half an hour without anything, nobody was there to leave.
const exit = () => {
  away || expired() || recordPresence('page_exit');
};

// A turn later, because routers change the address first and the title after it.
/** @param {void} [_] lets a change of address come first */
const routeChanged = (_) =>
  setTimeout(
    guarded(() => {
      if (address() != view) {
        exit();
        pageView();
      }
    }),
  );

export const watchViews = () => {
  /** @type {const} */ (['pushState', 'replaceState']).map((name) => {
    const original = history[name];
    history[name] = (...args) => routeChanged(original.apply(history, args));
  });
  on('popstate', routeChanged);

  on('pointermove keydown scroll', () => {
    if (idle > IDLE && expired()) pageView();
    idle = 0;
  });

  on('visibilitychange pagehide pageshow', ({ type }) => {
    const leaving = type == 'pagehide';
    if (document.hidden || leaving) {
      // On a phone, a page out of view is often killed without another word.
      look();
      exit();
      away < GONE && flush(leaving);
      away |= 1 + /** @type {any} */ (leaving);
    } else if (away) {
      // Back from the back/forward cache, or after a long time: the page is looked at again.
      if (away > 1 || expired()) pageView();
      else recordPresence('heartbeat');
      away = idle = 0;
    }
  });

  setInterval(
    guarded(() => {
      if (!document.hidden) {
        look();
        if (idle++ < IDLE && ++engaged >= HEARTBEAT) recordPresence('heartbeat');
      }
      flush();
    }),
    1e3,
  );
  pageView(1);
};
