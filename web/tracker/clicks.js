import { on } from './guard.js';
import { record } from './queue.js';

const CLICKABLE = 'a,button,[role=button],[type=submit],[type=button]';

/**
 * By code points: half an emoji is no text a server could read.
 *
 * @param {string | null} text
 */
const cut = (text) => [...(text || '')].slice(0, 100).join('');

/** Clicks, links that lead away, downloads, submitted forms, and what `data-li-event` declares. */
export const watchClicks = () =>
  on('click submit', (event) => {
    /**
     * The composed path sees through shadow roots, where event.target stops at the host.
     *
     * @param {string} selector
     */
    const find = (selector) => event.composedPath().find((/** @type {any} */ node) => node.matches?.(selector));
    const form = event.type == 'submit' && event.target;
    const element = form || find(CLICKABLE);
    if (element) {
      const { host, pathname } = element; // of a link; nothing else has them. A file's path ends like no page's.
      const attribute = (/** @type {string} */ name) => cut(element.getAttribute(name));
      record(
        form
          ? 'form_submit'
          : element.matches('[download]') || /\.(?!html?|php|aspx?|jsp)\w{2,4}$/.test(pathname)
            ? 'download'
            : host && host != location.host
              ? 'outbound'
              : 'click',
        {
          element_tag: element.localName,
          element_id: attribute('id') || attribute('name'),
          element_class: attribute('class'),
          // An input has no text content, so what a visitor typed cannot end up here; a form's is not looked at.
          element_text: cut(form ? '' : element.textContent.trim().replace(/\s+/g, ' ')),
          link_url: host && (host + pathname).slice(0, 500),
        },
      );
    }
    /** @type {Record<string, string>} */
    const data = {};
    for (const { name, value } of (form || find('[data-li-event]:not(form)'))?.attributes || [])
      if (/^data-li-/.test(name)) data[name.slice(8)] = value;
    const { event: type, ...rest } = data;
    if (type) record(type, rest);
  });
