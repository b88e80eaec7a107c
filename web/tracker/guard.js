/** @type {Record<string, unknown>} */
const said = {};

/**
 * Tells the page's owner, once: what came back with every click would bury everything else.
 *
 * @param {unknown} message
 */
export const say = (message) => {
  said[/** @type {any} */ (message)] ||= !(/** @type {unknown} */ (console.warn('LiveInsight: ' + message)));
};

/**
 * Runs the tracker's own code so that its faults stay its own: a page must never notice them.
 *
 * @template {any[]} A
 * @param {(...args: A) => void} run
 * @returns {(...args: A) => void}
 */
export const guarded =
  (run) =>
  (...args) => {
    try {
      run(...args);
    } catch (error) {
      say(error);
    }
  };

/**
 * Listens at the window while capturing, so that a page which stops an event's propagation does not hide it.
 *
 * @param {string} types
 * @param {(event: any) => void} run
 */
export const on = (types, run) => types.split(' ').map((type) => addEventListener(type, guarded(run), true));
