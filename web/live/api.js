/**
 * An API address relative to the page, so that it works under any path prefix.
 *
 * @param {string} path
 * @param {string} siteId empty while no site has sent anything: the server then answers for the only one there is
 */
export const apiAddress = (path, siteId = '') => `api/${path}${siteId && `?site_id=${encodeURIComponent(siteId)}`}`;

/**
 * The JSON answer to a GET. A reader who is not logged in (any more) is sent to the login page.
 *
 * @param {string} path
 * @param {string} [siteId]
 */
export async function get(path, siteId) {
  const answer = await fetch(apiAddress(path, siteId), { headers: { Accept: 'application/json' } });
  if (answer.status === 401) location.assign('login');
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.message || `HTTP ${answer.status}`);
  return body;
}
