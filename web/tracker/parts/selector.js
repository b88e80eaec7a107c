/**
 * A short way to an element, such as `#cart>li:nth-of-type(2)>a`, up to the nearest id. It names tags, ids and places,
 * and never what is written there.
 *
 * @param {Element} element
 */
export function selectorOf(element) {
  const steps = [];
  for (let each = /** @type {Element | null} */ (element); each && steps.length < 6; each = each.parentElement) {
    if (each.id) {
      steps.unshift(`#${each.id}`);
      break;
    }
    let nth = 1;
    let before = each.previousElementSibling;
    for (; before; before = before.previousElementSibling) if (before.localName === each.localName) nth++;
    steps.unshift(nth > 1 ? `${each.localName}:nth-of-type(${nth})` : each.localName);
  }
  return steps.join('>').slice(-300);
}
