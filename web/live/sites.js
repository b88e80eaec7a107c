import { get } from './api.js';
import { byId, make } from './dom.js';

/** @typedef {import('./types.js').Site} Site */

/** @returns {Promise<Site[]>} */
export const fetchSites = async () => (await get('sites')).data.sites;

/**
 * The site to show: the one in the address, else the one with the most events; empty while there is none.
 *
 * @param {Site[]} sites
 */
export function chosenSite(sites) {
  const busiest = [...sites].sort((a, b) => b.events - a.events)[0];
  return new URLSearchParams(location.search).get('site') || busiest?.site_id || '';
}

/** @param {Site[]} sites @param {string} current */
export function drawPicker(sites, current) {
  const picker = /** @type {HTMLSelectElement} */ (byId('site'));
  const ids = new Set(sites.map(({ site_id }) => site_id));
  if (current) ids.add(current);
  picker.replaceChildren(...[...ids].sort().map((id) => make('option', '', id)));
  picker.value = current;
  byId('site-picker').hidden = ids.size < 2;
  picker.addEventListener('change', () => location.assign(`?site=${encodeURIComponent(picker.value)}`));
}
