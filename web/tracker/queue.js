const BATCH_DELAY = 500;
const MAX_KEPT = 200;

// Browsers allow 64 KiB for all requests that outlive a page, and one character can take three bytes.
export const MAX_BODY = 20_000;

/**
 * Milliseconds to wait before the next try. Half of the wait is random, so that the browsers of a busy site do not
 * come back together after an outage.
 *
 * @param {number} failures tries that failed in a row, at least one
 * @param {number} retryAfter seconds the server asked for
 * @param {number} random in [0, 1)
 */
export function backoff(failures, retryAfter, random) {
  return 1000 * (retryAfter + (Math.min(60, 2 ** failures) * (1 + random)) / 2);
}

/**
 * Events on their way to the collector: batched, one request at a time, kept and retried while the server is away.
 *
 * @param {(body: string) => Promise<Pick<Response, 'ok' | 'status' | 'headers'>>} post
 * @param {(body: string) => boolean} beacon a send that outlives the page; false when the browser refuses it
 */
export function createQueue(post, beacon) {
  // Kept as JSON: an event is what it was when it happened, and one that cannot be written fails its own caller only.
  /** @type {string[]} */
  let kept = [];
  let failures = 0;
  let sending = false;
  let warned = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string[]} events */
  const keep = (events) => {
    kept = events.slice(-MAX_KEPT);
  };

  const takeBatch = () => {
    let count = 0;
    let size = 0;
    do size += kept[count++].length;
    while (count < kept.length && size + kept[count].length < MAX_BODY);
    return kept.splice(0, count);
  };

  /** @param {string[]} batch */
  const envelope = (batch) => `{"events":[${batch}],"sent_at":${Date.now()}}`;

  /** @param {number} delay */
  const flushIn = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
  };

  /**
   * @param {string[]} batch
   * @param {number} [status] none when the server was not reached
   * @param {string | null} [retryAfter]
   */
  const failed = (batch, status, retryAfter) => {
    if (!status || status > 499 || status === 429) {
      keep(batch.concat(kept));
      return backoff(++failures, Number(retryAfter) || 0, Math.random());
    }
    if (!warned) console.warn(`LiveInsight: events refused (${status})`);
    warned = true;
    return 0;
  };

  const flush = () => {
    timer = undefined;
    if (sending || !kept[0]) return;
    sending = true;
    const batch = takeBatch();
    post(envelope(batch))
      .then(
        (answer) =>
          answer.ok ? (failures = 0) : failed(batch, answer.status, answer.headers.get('Retry-After')),
        () => failed(batch),
      )
      .then((delay) => {
        sending = false;
        if (kept[0]) flushIn(delay);
      });
  };

  return {
    /**
     * @param {object} event
     * @param {boolean} [urgent] not worth losing to the batching delay
     */
    push(event, urgent) {
      keep(kept.concat(JSON.stringify(event)));
      if (urgent && !failures) flush();
      else if (!timer) flushIn(BATCH_DELAY);
    },

    /** The page may be gone after this: hand everything that waits to the browser. */
    leave() {
      while (kept[0]) {
        const batch = takeBatch();
        if (!beacon(envelope(batch))) return keep(batch.concat(kept));
      }
    },
  };
}
