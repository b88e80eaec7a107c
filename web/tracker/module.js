/**
 * The tracker as a module, for bundlers. Until `init()` nothing happens, so that it may be imported where there is no
 * window: on a server that renders pages.
 */

/** @typedef {import('./types.js').Options} Options */
/** @typedef {import('./types.js').Properties} Properties */

/** @type {Promise<unknown> | undefined} */
let loading;

/**
 * @param {'init' | 'track' | 'trackConversion'} name
 * @param {any[]} args
 */
const call = (name, ...args) => {
  if (typeof window === 'undefined') return;
  loading ||= import('./index.js');
  loading.then(() => /** @type {any} */ (window).LiveInsight[name](...args));
};

/**
 * Starts counting. Page views, clicks and the rest then need no code.
 *
 * @param {Options & {apiUrl: string}} options
 */
export const init = (options) => call('init', options);

/**
 * Records what only the page knows about.
 *
 * @param {string} type
 * @param {Properties} [properties]
 */
export const track = (type, properties) => call('track', type, properties);

/**
 * Records a conversion, and sends it at once.
 *
 * @param {string} type
 * @param {Properties & {value?: number, currency?: string}} [properties]
 */
export const trackConversion = (type, properties) => call('trackConversion', type, properties);
