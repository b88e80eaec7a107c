// Loaded before the tracker, which finds here where the visitor is, and what was called before.

const tag = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const { hash, strip, exclude, consent } = tag ? tag.dataset : /** @type {DOMStringMap} */ ({});

/** @type {any[]} */
const trackers = [];
/** @type {Set<string | undefined>} */
const sites = new Set();
/** @type {(() => void)[]} */
const calls = [];
let out = false;

const path = () => {
  const [route] = (hash !== undefined && /\/[^?]*/.exec(location.hash)) || [''];
  return route ? (location.pathname + route).replace('//', '/') : location.pathname;
};

const query = () =>
  strip === undefined ? location.search : `?${(location.search.match(/\butm_\w+=[^&]*/g) || []).join('&')}`.replace(/^\?$/, '');

/** Forgets whatever the tracker keeps in this browser. */
const forget = () => {
  try {
    for (const key of Object.keys(localStorage)) if (/^li_(user_id|session|seen|send|k)/.test(key)) localStorage.removeItem(key);
  } catch {}
};

/** @param {string} value */
const choose = (value) => {
  out = value === '1';
  try {
    localStorage.li_ignore = value;
  } catch {}
};

const accepted = () => {
  try {
    return localStorage.li_ignore === '0';
  } catch {
    return false;
  }
};

/** What the tracker asks for. */
const place = {
  // An excluded page has no address.
  get origin() {
    return exclude && RegExp(exclude).test(path() + location.search) ? '' : location.origin;
  },
  get pathname() {
    return place.origin && path();
  },
  // The tracker asks for this before it keeps an event, and then says why it does not.
  get search() {
    if (out) {
      forget();
      throw 'the visitor opted out';
    }
    return query();
  },
};

/** @param {string} name @returns {(...args: any[]) => void} */
const toAll =
  (name) =>
  (...args) => {
    if (trackers[0]) for (const tracker of trackers) tracker[name](...args);
    else calls.push(() => toAll(name)(...args));
  };

const api = {
  place,
  /** Calls that waited for the first tracker. */
  get q() {
    return calls.splice(0);
  },
  /** Missing while the tracker of one more site looks whether it is there already. */
  get init() {
    const site = document.currentScript?.dataset.siteId;
    return trackers[0] && (!site || sites.has(site)) ? toAll('init') : undefined;
  },
  track: toAll('track'),
  trackConversion: toAll('trackConversion'),
  optOut() {
    choose('1');
    forget();
  },
  // Who says yes is counted, whatever the browser says in general.
  optIn() {
    choose('0');
    for (const tracker of trackers) tracker.init({ dnt: 'off' });
  },
};

Object.defineProperty(self, 'LiveInsight', {
  get: () => api,
  set(tracker) {
    trackers.push(tracker);
    const own = document.currentScript?.dataset;
    if (!own) return;
    sites.add(own.siteId);
    if (accepted()) own.dnt = 'off';
    else if (consent !== undefined) own.manual = '';
  },
});
