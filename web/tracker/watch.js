const CLICKABLE = 'a,button,[role=button],input[type=submit],input[type=button]';
const HEARTBEAT = 30_000;

/**
 * Runs the tracker's own code so that its faults stay its own: a page must never notice them.
 *
 * @template {any[]} A
 * @param {(...args: A) => void} run
 * @returns {(...args: A) => void}
 */
export const guarded =
  (run) =>
  (...args) => {
    try {
      run(...args);
    } catch (error) {
      console.warn('LiveInsight:', error);
    }
  };

/**
 * Listens while capturing, so that a page which stops an event's propagation does not hide it.
 *
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} run
 */
const on = (target, type, run) => target.addEventListener(type, guarded(run), true);

/**
 * By code points: half an emoji is no text a server could read.
 *
 * @param {string} text
 * @param {number} length
 */
const cut = (text, length) => [...text].slice(0, length).join('');

/**
 * Events that need no code on the page: page views, clicks, heartbeats and the exit.
 *
 * @param {(type: string, data?: object, urgent?: boolean) => void} record
 * @param {() => void} leave
 */
export function watch(record, leave) {
  let { referrer } = document;
  let path = '';
  let left = false;
  let lastBeat = Date.now();

  /** @param {boolean} [first] */
  const pageView = (first) => {
    record(
      'page_view',
      {
        page_title: cut(document.title, 300),
        referrer: referrer.slice(0, 2048),
        language: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        screen: `${screen.width}x${screen.height}`,
      },
      first,
    );
    referrer = location.href;
    path = location.pathname;
    left = false;
  };

  // A turn later, because routers change the address first and the title after it.
  const routeChanged = () =>
    setTimeout(
      guarded(() => {
        if (location.pathname !== path) pageView();
      }),
    );

  const heartbeat = () => {
    if (document.visibilityState !== 'visible') return;
    lastBeat = Date.now();
    record('heartbeat');
  };

  const { pushState } = history;
  history.pushState = function (...args) {
    pushState.apply(this, args);
    routeChanged();
  };
  on(window, 'popstate', routeChanged);

  on(document, 'click', (event) => {
    // The composed path sees through shadow roots, where event.target stops at the host.
    const element = event
      .composedPath()
      .find((/** @type {any} */ node) => node.matches && node.matches(CLICKABLE));
    if (!element) return;
    record('click', {
      element_tag: element.localName,
      element_id: cut(element.id, 200),
      element_class: cut(element.getAttribute('class') || '', 200),
      // An input has no text content, so what a visitor typed cannot end up here.
      element_text: cut(element.textContent.trim().replace(/\s+/g, ' '), 100),
    });
  });

  on(document, 'visibilitychange', () => {
    // On a phone a hidden page is often killed without another word.
    if (document.visibilityState === 'hidden') leave();
    else if (Date.now() - lastBeat > HEARTBEAT) heartbeat();
  });
  on(window, 'pagehide', () => {
    if (!left) record('page_exit');
    left = true;
    leave();
  });
  on(window, 'pageshow', (event) => {
    // Back from the back/forward cache: the page was left, and is looked at again.
    if (event.persisted) pageView();
  });
  setInterval(guarded(heartbeat), HEARTBEAT);

  pageView(true);
}
