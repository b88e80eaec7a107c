import { follow, type ConnectionState, type Listener } from './connection.ts';
import { fresh } from './fresh.svelte.ts';
import type { LiveEvent, Realtime } from './types.ts';

const MOST_EVENTS = 200;
const CLOCK_NOISE = 2000;
const REST_AFTER = 20_000;

/** The site as it happens, for every screen: one connection, whoever looks. */
class Now {
  state = $state<ConnectionState>('connecting');
  /** What the server says is wrong, if it does. */
  problem = $state('');
  realtime = $state.raw<Realtime>();
  /** Newest first. */
  events = $state.raw<LiveEvent[]>([]);
  /** Ids of events that happened since this page looks, so that they can be shown as new. */
  news = new Set<string>();
  /** The server's clock minus this one: "ago" must not depend on a wrong clock in the room. */
  clockOffset = $state(0);
  #known = new Set<string>();
  #isResting = false;

  /** Follow a site; gives what ends it. */
  follow(siteId: string): () => void {
    this.realtime = undefined;
    this.events = [];
    this.#known.clear();
    this.news.clear();
    const listener: Listener = {
      state: (state, message = '') => {
        const isBack = this.state === 'offline' && state !== 'offline';
        this.state = state;
        this.problem = message;
        if (isBack) fresh.now();
      },
      realtime: (data) => {
        const offset = data.timestamp - Date.now();
        // It differs by some milliseconds each time, and all that depends on it would be drawn again.
        if (Math.abs(offset - this.clockOffset) > CLOCK_NOISE) this.clockOffset = offset;
        this.realtime = data;
      },
      events: (events, backlog) => this.#add(events, backlog),
    };
    let end = follow(siteId, listener);
    let rest: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(rest);
      if (!document.hidden) {
        if (this.#isResting) end = follow(siteId, listener);
        this.#isResting = false;
        return;
      }
      // A browser has six connections to a server. Tabs that nobody sees must not keep them all.
      rest = setTimeout(() => {
        end();
        this.#isResting = true;
      }, REST_AFTER);
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(rest);
      document.removeEventListener('visibilitychange', look);
      this.#isResting = false;
      end();
    };
  }

  /** The server's time now, ms. */
  time(): number {
    return Date.now() + this.clockOffset;
  }

  #add(events: LiveEvent[], backlog: boolean): void {
    const unknown = events.filter(({ event_id }) => !this.#known.has(event_id)).reverse();
    this.events = [...unknown, ...this.events].slice(0, MOST_EVENTS);
    this.#known = new Set(this.events.map(({ event_id }) => event_id));
    if (!backlog) for (const { event_id } of unknown) this.news.add(event_id);
    for (const id of this.news) if (!this.#known.has(id)) this.news.delete(id);
  }
}

export const now = new Now();
