/** @type {any} what was set, `Options`; `apiUrl` is the collector's own address here */
export const options = {};

/**
 * What the page had before: nothing, a stub that keeps calls, the options part, or a tracker.
 *
 * @type {any}
 */
export const before = self.LiveInsight || {};

/**
 * Calls that wait for the start.
 *
 * @type {(() => void)[]}
 */
export const calls = before.q || [];

/** Where the visitor is. The options part may see it differently, and has no origin for a page that is not counted. */
export const place = before.place || location;
