import { byId, make, reconcile, setText } from './dom.js';
import { minuteOfDay, number } from './format.js';
import { label, texts } from './i18n.js';

/** @typedef {import('./types.js').Realtime} Realtime */

// A screen reader that speaks every change of a busy site says nothing else.
const SPEAK_EVERY = 15_000;
const MAX_RANKED = 8;

let lastSpoken = -Infinity;

/** @param {number} online */
function drawOnline(online) {
  setText(byId('online'), number(online));
  setText(byId('online-unit'), texts().visitorUnit(online));
  document.title = `${online ? `(${number(online)}) ` : ''}LiveInsight`;
  if (performance.now() - lastSpoken < SPEAK_EVERY) return;
  lastSpoken = performance.now();
  setText(byId('online-spoken'), texts().onlineSpoken(online));
}

/** @param {Realtime['last_5_minutes']['by_minute']} minutes */
function drawMinutes(minutes) {
  const peak = Math.max(1, ...minutes.map(({ events }) => events));
  reconcile(
    byId('bars'),
    minutes,
    ({ time }) => String(time),
    () => {
      const column = make('span', 'column', make('span', 'count'), make('span', 'part'), make('span', 'part views'));
      column.setAttribute('aria-hidden', 'true');
      const time = make('span', 'time');
      time.setAttribute('aria-hidden', 'true');
      return make('li', '', column, time, make('span', 'visually-hidden'));
    },
    (element, { time, events, page_views: views }) => {
      const [count, others, viewed] = element.querySelectorAll('span > span');
      setText(count, number(events));
      const share = (/** @type {number} */ part) => `${(100 * part) / peak}%`;
      /** @type {HTMLElement} */ (others).style.height = share(events - views);
      /** @type {HTMLElement} */ (viewed).style.height = share(views);
      setText(element.children[1], minuteOfDay(time));
      setText(element.children[2], `${minuteOfDay(time)}: ${texts().minute(events, views)}`);
    },
  );
}

/** @param {Record<string, number>} types */
function drawTypes(types) {
  reconcile(
    byId('types'),
    Object.entries(types).sort((a, b) => b[1] - a[1]).slice(0, 6),
    ([type]) => type,
    () => make('li', '', make('span'), ' ', make('strong')),
    (element, [type, count]) => {
      setText(element.children[0], label(type));
      setText(element.children[1], number(count));
    },
  );
}

/**
 * @param {string} id of the table's body; the text for an empty one has the same id and `-empty`
 * @param {{name: string, visitors: number}[]} rows
 */
function drawRanking(id, rows) {
  const most = Math.max(1, ...rows.map(({ visitors }) => visitors));
  byId(`${id}-empty`).hidden = rows.length > 0;
  reconcile(
    byId(id),
    rows.slice(0, MAX_RANKED),
    ({ name }) => name,
    () => make('tr', '', make('td', '', make('span', 'share'), make('span', 'name')), make('td')),
    (element, { name, visitors }) => {
      const [share, text] = /** @type {HTMLCollectionOf<HTMLElement>} */ (element.children[0].children);
      share.style.width = `${(100 * visitors) / most}%`;
      setText(text, name);
      text.title = name;
      setText(element.children[1], number(visitors));
    },
  );
}

/** @param {Realtime} data */
export function drawNow(data) {
  drawOnline(data.online_visitors);
  setText(byId('active-sessions'), texts().activeSessions(data.active_sessions));
  drawMinutes(data.last_5_minutes.by_minute.slice(-5));
  drawTypes(data.last_5_minutes.by_type);
  drawRanking('pages', data.pages.map(({ page, visitors }) => ({ name: page, visitors })));
  drawRanking('sources', data.sources.map(({ source, visitors }) => ({ name: label(source), visitors })));
}
