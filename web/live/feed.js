import { byId, make, setText } from './dom.js';
import { clock, country, hue, money, visitorName } from './format.js';
import { label, texts } from './i18n.js';

/** @typedef {import('./types.js').LiveEvent} LiveEvent */

const MAX_ROWS = 100;

// Signs of life say nothing to a reader, and there is one every 30 seconds from every visitor.
const SILENT = new Set(['heartbeat', 'scroll', 'web_vital']);

const list = byId('feed');
const pauseButton = byId('pause');

/** Newest first. @type {LiveEvent[]} */
let shown = [];
/** While paused: what came since, newest first. @type {LiveEvent[]} */
let held = [];
let paused = false;
/** Ids of the rows and of what waits behind a pause. @type {Set<string>} */
let known = new Set();

/** @param {LiveEvent} event */
function detail({ event_type, conversion_type, value, currency, element_text, properties }) {
  if (event_type === 'conversion') {
    return [conversion_type, value == null ? '' : money(value, currency)].filter(Boolean).join(' · ');
  }
  if (element_text) return `“${element_text}”`;
  return Object.entries(properties ?? {})
    .map(([name, content]) => `${name}: ${content}`)
    .join(', ');
}

/** @param {LiveEvent} event */
function row(event) {
  const time = make('time', '', clock(event.timestamp));
  time.dateTime = new Date(event.timestamp).toISOString();
  const kind = make('span', `kind kind-${event.event_type}`, label(event.event_type));
  const what = make('span', 'what', make('span', 'page', event.page));
  const more = detail(event) || (event.event_type === 'page_view' ? event.page_title : '');
  if (more) what.append(make('span', 'more', more));
  const about = [event.source, event.country && country(event.country), event.device].filter(Boolean);
  const who = make(
    'span',
    'who',
    make('span', `visitor ${hue(event.visitor)}`, visitorName(event.visitor)),
    ` ${about.map((text) => label(String(text))).join(' · ')}`,
  );
  return make('li', '', time, kind, what, who);
}

function drawControls() {
  byId('feed-empty').hidden = shown.length > 0;
  pauseButton.setAttribute('aria-pressed', String(paused));
  setText(pauseButton, paused ? texts().resume(held.length) : texts().pause);
}

/**
 * Rows are added, not redrawn, so that a reader's place and selection stay.
 *
 * @param {LiveEvent[]} fresh newest first
 * @param {string} [className]
 */
function prepend(fresh, className = '') {
  shown = [...fresh, ...shown].slice(0, MAX_ROWS);
  const rows = fresh.slice(0, MAX_ROWS).map(row);
  for (const element of rows) element.className = className;
  list.prepend(...rows);
  while (list.childElementCount > MAX_ROWS) list.lastElementChild?.remove();
}

/**
 * @param {LiveEvent[]} events oldest first; some may have been shown before
 * @param {boolean} backlog they happened before this page looked
 */
export function addToFeed(events, backlog) {
  const fresh = events
    .filter(({ event_id, event_type }) => !SILENT.has(event_type) && !known.has(event_id) && known.add(event_id))
    .reverse();
  if (paused) held = [...fresh, ...held].slice(0, MAX_ROWS);
  else prepend(fresh, backlog ? '' : 'fresh');
  known = new Set([...held, ...shown].map(({ event_id }) => event_id));
  drawControls();
}

export function redrawFeed() {
  list.replaceChildren(...shown.map(row));
  drawControls();
}

pauseButton.addEventListener('click', () => {
  paused = !paused;
  if (!paused) {
    prepend(held);
    held = [];
  }
  drawControls();
});
