// The tracker starts itself from its script tag; this file only does what a shop's own code would do.

/**
 * @param {string} id
 * @param {string} type
 * @param {(event: Event) => void} run
 */
const on = (id, type, run) => document.getElementById(id)?.addEventListener(type, run);

/** @param {string} id @param {...(Node | string)} content */
const say = (id, ...content) => document.getElementById(id)?.replaceChildren(...content);

on('buy', 'click', () => {
  window.LiveInsight?.trackConversion('purchase', { value: 29, currency: 'EUR' });
  const receipt = document.createElement('a');
  receipt.href = 'thanks.html';
  receipt.textContent = '주문 완료 · Ordered →';
  say('bought', receipt);
});

on('signup', 'click', () => {
  window.LiveInsight?.track('signup', { plan: 'pro' });
  say('signed-up', '환영합니다! Welcome!');
});

on('newsletter', 'submit', (event) => {
  event.preventDefault();
  // That somebody subscribed is worth counting; who it was is not analytics.
  window.LiveInsight?.track('newsletter');
  /** @type {HTMLFormElement} */ (event.target).reset();
  say('subscribed', '고맙습니다. Thank you.');
});

// Served from another origin, the live page is where the tracker came from.
const tracker = /** @type {HTMLScriptElement | null} */ (document.querySelector('script[src*="liveinsight-tracker"]'));
const live = /** @type {HTMLAnchorElement | null} */ (document.getElementById('live'));
if (tracker && live) live.href = new URL('../../', tracker.src).href;
