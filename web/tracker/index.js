import { rememberIn } from './memory.js';
import { watchClicks } from './clicks.js';
import { guarded, on, say } from './guard.js';
import { before, calls, options } from './options.js';
import { adopt, record } from './queue.js';
import { idle, watchViews } from './views.js';

const tag = /** @type {HTMLScriptElement} */ (document.currentScript);

const start = () => {
  // Inline code after a plain tag may call init() with another address, and the title may not be read yet.
  if (idle >= 0 || !options.apiUrl || document.prerendering || document.readyState == 'loading') return;
  let refused = !options.dnt && (navigator.globalPrivacyControl || /** @type {any} */ (navigator).doNotTrack > 0);
  try {
    // Where storage is blocked this throws, or is null: then everything is remembered as long as the page lives.
    refused ||= localStorage.li_ignore > 0;
    options.privacy || rememberIn(localStorage);
  } catch {}
  if (refused) return say('ignored');
  adopt();
  watchClicks();
  watchViews();
  calls.map((call) => call());
};

/** @type {Record<string, any>} */
const api = {
  ...before,
  /** @param {import('./types.js').Options} [config] */
  init(config) {
    Object.assign(options, tag?.dataset, config);
    const { apiUrl } = options;
    options.apiUrl = new URL(apiUrl || '../../', apiUrl ? /** @type {any} */ (location) : tag.src).href.replace(/\/$/, '/api/events');
    start();
  },
  track: record,
  trackConversion: (/** @type {string} */ type, /** @type {object} */ data) => record('conversion', { ...data, conversion_type: type }, 1),
};

// A second tag on the page would count everything twice.
if (!before.init) {
  self.LiveInsight = /** @type {any} */ (api);
  for (const name in api) api[name] = guarded(api[name]);
  tag?.dataset.manual ?? api.init();
  on('DOMContentLoaded prerenderingchange', start);
}
