import { address, ApiError, get } from './api.ts';
import type { LiveEvent, Realtime } from './types.ts';

export type ConnectionState = 'connecting' | 'live' | 'polling' | 'offline';

export interface Listener {
  realtime(data: Realtime): void;
  /** Oldest first. `backlog`: they happened before this page looked, and some may have been shown. */
  events(events: LiveEvent[], backlog: boolean): void;
  state(state: ConnectionState, message?: string): void;
}

const POLL_EVERY = 5000;

// The server speaks at least every 10 s. Longer silence is a dead connection that the network did not report.
const SILENCE = 25_000;

// Where functions answer and no server does, every stream is refused: from then on one in so many polls tries again.
const MOST_REFUSALS = 3;
const TRY_EVERY = 12;

/** Follows a site: by stream, and by polling for as long as the stream is refused or lost. Gives what ends it. */
export function follow(siteId: string, on: Listener): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout>;
  let ended = false;
  let refusals = 0;

  const later = (task: () => void, ms: number) => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(task, ms);
  };

  const heard = () => {
    refusals = 0;
    on.state('live');
    later(lost, SILENCE);
  };

  const open = () => {
    stream = new EventSource(address('live', { site_id: siteId }));
    stream.addEventListener('realtime', ({ data }) => {
      heard();
      on.realtime(JSON.parse(data));
    });
    stream.addEventListener('events', ({ data }) => {
      heard();
      const { events, backlog } = JSON.parse(data);
      on.events(events, backlog);
    });
    // A browser retries some failures by itself and gives up on others; closing makes all of them the same.
    stream.addEventListener('error', lost);
    // The first word comes at once, unless something on the way holds streams back.
    later(lost, POLL_EVERY);
  };

  const lost = () => {
    stream?.close();
    refusals += 1;
    void poll();
  };

  const again = () => {
    if (refusals < MOST_REFUSALS || refusals % TRY_EVERY === 0) {
      open();
      return;
    }
    refusals += 1;
    void poll();
  };

  const poll = async () => {
    try {
      const data = await get<Realtime>('realtime', { site_id: siteId });
      if (ended) return;
      on.realtime(data);
      on.state('polling');
      later(again, POLL_EVERY);
    } catch (error) {
      if (ended) return;
      on.state('offline', error instanceof ApiError ? error.message : undefined);
      later(poll, POLL_EVERY);
    }
  };

  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    stream?.close();
  };
}
