/**
 * What the owner of a page may set: as attributes of the tag (`data-site-id`), or for `init()`.
 *
 * @typedef {object} Options
 * @property {string} [apiUrl] the collector, or with a slash at its end the server that it lives on
 * @property {string} [siteId] default: the page's host without `www.`
 * @property {string} [privacy] "cookieless" keeps nothing in the browser
 * @property {string} [dnt] "off" counts visitors who ask not to be tracked, too
 */

/**
 * What belongs to an event: up to 30 texts of up to 500 characters, numbers, true or false.
 *
 * @typedef {Record<string, string | number | boolean | null | undefined>} Properties
 */

export {};
