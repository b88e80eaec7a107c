import { get } from './api.js';
import { byId, make, reconcile, setText } from './dom.js';
import { ago, country, duration, hue, number, visitorName } from './format.js';
import { label } from './i18n.js';

/** @typedef {import('./types.js').Session} Session */

const MAX_ROWS = 50;
const REFRESH_EVERY = 2000;

/** @type {Session[]} */
let sessions = [];
let asked = -Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/** The server's clock minus this one: "ago" must not depend on a wrong clock in the room. */
let clockOffset = 0;

/** @param {number} serverTime */
export function setServerTime(serverTime) {
  clockOffset = serverTime - Date.now();
}

function createRow() {
  const page = make('td', '', make('span', 'page'), make('span', 'narrow more'));
  const wide = () => make('td', 'wide');
  const value = (className = '') => make('td', `number ${className}`);
  return make('tr', '', make('td', 'wide', make('span')), page, wide(), wide(), wide(), value('roomy'), value(), value());
}

/** @param {HTMLElement} row @param {Session} session */
function updateRow(row, session) {
  const [who, page, source, from, device, views, time, last] = row.children;
  const about = [label(session.source ?? ''), country(session.country), label(session.device ?? '')];
  const name = /** @type {HTMLElement} */ (who.children[0]);
  name.className = `visitor ${hue(session.user_id)}`;
  setText(name, visitorName(session.user_id));
  setText(page.children[0], session.current_page);
  setText(page.children[1], about.filter(Boolean).join(' · '));
  [source, from, device].forEach((cell, i) => setText(cell, about[i]));
  setText(views, number(session.page_views));
  setText(time, duration(session.duration));
  setText(last, ago(Date.now() + clockOffset - session.last_activity));
}

export function drawSessions() {
  byId('sessions-empty').hidden = sessions.length > 0;
  setText(byId('sessions-count'), sessions.length ? number(sessions.length) : '');
  reconcile(byId('session-rows'), sessions.slice(0, MAX_ROWS), ({ session_id }) => session_id, createRow, updateRow);
}

/**
 * Asks for the sessions again, at most once in two seconds however often it is called.
 *
 * @param {string} siteId
 */
export function refreshSessions(siteId) {
  waiting ??= setTimeout(
    async () => {
      asked = performance.now();
      try {
        const answer = /** @type {Session[]} */ (await get('sessions/active/', siteId));
        sessions = answer.sort((a, b) => b.last_activity - a.last_activity);
        drawSessions();
      } catch {
        // The connection says when the server is away; the table keeps what it had.
      }
      waiting = undefined;
    },
    Math.max(0, asked + REFRESH_EVERY - performance.now()),
  );
}
