/**
 * The collector's address from what a site owner wrote: the collector itself, or the server it lives on.
 *
 * @param {string} apiUrl
 * @param {string} base what a relative address is relative to
 */
export function collectorUrl(apiUrl, base) {
  const { origin, pathname, search } = new URL(apiUrl, base);
  return /\/events\/?$/.test(pathname)
    ? origin + pathname + search
    : `${origin}${pathname.replace(/\/$/, '')}/api/events`;
}

/**
 * The server a tracker came from, path prefix included, so that the script tag alone is enough.
 *
 * @param {string} src absolute address of the tracker's file
 */
export function serverOf(src) {
  const { origin, pathname } = new URL(src);
  const end = pathname.lastIndexOf('/static/js/');
  return origin + pathname.slice(0, Math.max(end, 0));
}
