import { byId } from './dom.js';
import { texts } from './i18n.js';

const COPIED_FOR = 2000;
const server = new URL('.', location.href).href;
const snippet = `<script defer src="${server}static/js/liveinsight-tracker.js"></script>`;

async function copy() {
  try {
    await navigator.clipboard.writeText(snippet);
  } catch {
    // Without https there is no clipboard to write to: select the line, so that the usual keys copy it.
    getSelection()?.selectAllChildren(byId('snippet'));
    return;
  }
  byId('copy').textContent = texts().copied;
  setTimeout(() => (byId('copy').textContent = texts().copy), COPIED_FOR);
}

/** Shows how to connect a site, until its first event arrives. */
export async function showWelcome() {
  byId('snippet').textContent = snippet;
  byId('copy').addEventListener('click', copy);
  byId('welcome').hidden = false;
  // Not every server serves the demo.
  const demo = await fetch('demo/', { method: 'HEAD' }).catch(() => null);
  byId('demo-link').hidden = !demo?.ok;
}

export const hideWelcome = () => (byId('welcome').hidden = true);
