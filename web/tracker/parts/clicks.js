import { selectorOf } from './selector.js';

const MOST = 100;
const RAGE = { clicks: 3, within: 1000, pixels: 30 };

const only = document.currentScript?.dataset.only;
let count = 0;
/** @type {MouseEvent[]} */
let burst = [];

/** @param {number} part @param {number} whole */
const percent = (part, whole) => Math.round((1000 * part) / (whole || 1)) / 10;

/** @param {MouseEvent} event */
const clicked = (event) => {
  if (!event.detail) return; // made by a key press, or by a program
  const element = /** @type {Element} */ (event.composedPath()[0]);
  const selector = selectorOf(element);
  const first = burst[0];
  // Quick clicks on one spot: something looks as if it did something, and does not.
  const again =
    first &&
    event.timeStamp - first.timeStamp < RAGE.within &&
    Math.hypot(event.pageX - first.pageX, event.pageY - first.pageY) < RAGE.pixels;
  burst = again ? [...burst, event] : [event];
  if (burst.length === RAGE.clicks && only !== 'map') self.LiveInsight?.track('rage_click', { selector });
  if (only === 'rage' || ++count > MOST) return;
  // Where within which element, so that a heat map fits every width of the page.
  const { left, top, width, height } = element.getBoundingClientRect();
  const { clientX, clientY } = event;
  const x = percent(clientX - left, width);
  self.LiveInsight?.track('click_map', { selector, x, y: percent(clientY - top, height), viewport: innerWidth });
};

addEventListener(
  'click',
  (event) => {
    try {
      clicked(event);
    } catch {}
  },
  true,
);
