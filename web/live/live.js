import { follow } from './connection.js';
import { byId, setText } from './dom.js';
import { addToFeed, redrawFeed } from './feed.js';
import { startLanguage, texts } from './i18n.js';
import { drawNow } from './now.js';
import { drawSessions, refreshSessions, setServerTime } from './sessions.js';
import { chosenSite, drawPicker, fetchSites } from './sites.js';
import { hideWelcome, showWelcome } from './welcome.js';

/** @typedef {import('./types.js').Realtime} Realtime */
/** @typedef {import('./types.js').ConnectionState} ConnectionState */

const RETRY = 5000;
const FIRST_EVENT = 1000;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {Realtime | undefined} */
let latest;
/** @type {ConnectionState} */
let state = 'connecting';

/** @param {ConnectionState} next @param {string} [message] what the server says is wrong */
function setState(next, message = '') {
  state = next;
  byId('status').dataset.state = state;
  setText(byId('status-text'), texts()[state]);
  byId('notice').hidden = !message;
  setText(byId('notice'), message);
}

/** The known sites, asked for until the server answers. @returns {ReturnType<typeof fetchSites>} */
async function reachSites() {
  try {
    return await fetchSites();
  } catch (error) {
    setState('offline', error instanceof TypeError ? '' : /** @type {Error} */ (error).message);
    await pause(RETRY);
    return reachSites();
  }
}

async function start() {
  let sites = await reachSites();
  if (!sites.some(({ events }) => events > 0)) showWelcome();
  while (!chosenSite(sites)) {
    setState('waiting');
    await pause(FIRST_EVENT);
    sites = await reachSites();
  }
  const siteId = chosenSite(sites);
  drawPicker(sites, siteId);
  byId('board').hidden = false;

  follow(siteId, {
    state: setState,
    realtime(data) {
      latest = data;
      setServerTime(data.timestamp);
      drawNow(data);
      refreshSessions(siteId);
      if (data.active_sessions) hideWelcome();
    },
    events(events, backlog) {
      addToFeed(events, backlog);
      refreshSessions(siteId);
      if (events.length) hideWelcome();
    },
  });
  // "3 s ago" has to grow while nothing happens.
  setInterval(drawSessions, 1000);
}

startLanguage(() => {
  setState(state);
  redrawFeed();
  drawSessions();
  if (latest) drawNow(latest);
});
start();
