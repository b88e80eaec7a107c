import { apiAddress, get } from './api.js';

/** @typedef {import('./types.js').Realtime} Realtime */
/** @typedef {import('./types.js').LiveEvent} LiveEvent */
/** @typedef {import('./types.js').ConnectionState} ConnectionState */

const POLL_EVERY = 5000;

// The server speaks at least every 10 s. Longer silence is a dead connection that the network did not report.
const SILENCE = 25_000;

/**
 * Follows a site: by stream, and by polling for as long as the stream is refused or lost.
 *
 * @param {string} siteId
 * @param {{
 *   realtime: (data: Realtime) => void,
 *   events: (events: LiveEvent[], backlog: boolean) => void,
 *   state: (state: ConnectionState, message?: string) => void,
 * }} on
 */
export function follow(siteId, on) {
  /** @type {EventSource} */
  let stream;
  /** @type {ReturnType<typeof setTimeout>} */
  let silence;

  const heard = () => {
    on.state('live');
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE);
  };

  const open = () => {
    stream = new EventSource(apiAddress('live', siteId));
    stream.addEventListener('realtime', (message) => {
      heard();
      on.realtime(JSON.parse(message.data));
    });
    stream.addEventListener('events', (message) => {
      heard();
      const { events, backlog } = JSON.parse(message.data);
      on.events(events, backlog);
    });
    // A browser retries some failures by itself and gives up on others; closing makes all of them the same.
    stream.addEventListener('error', lost);
    // The first word comes at once, unless something on the way holds streams back.
    silence = setTimeout(lost, POLL_EVERY);
  };

  const lost = () => {
    stream.close();
    clearTimeout(silence);
    poll();
  };

  const poll = async () => {
    try {
      on.realtime((await get('realtime', siteId)).data);
      on.state('polling');
      setTimeout(open, POLL_EVERY);
    } catch (error) {
      const unreachable = error instanceof TypeError;
      on.state('offline', unreachable ? undefined : /** @type {Error} */ (error).message);
      setTimeout(poll, POLL_EVERY);
    }
  };

  open();
}
