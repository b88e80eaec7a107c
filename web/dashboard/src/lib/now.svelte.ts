import { follow, type ConnectionState } from './connection.ts';
import type { LiveEvent, Realtime } from './types.ts';

const MOST_EVENTS = 200;

/** The site as it happens, for every screen: one connection, whoever looks. */
class Now {
  state = $state<ConnectionState>('connecting');
  /** What the server says is wrong, if it does. */
  problem = $state('');
  realtime = $state.raw<Realtime>();
  /** Newest first. */
  events = $state.raw<LiveEvent[]>([]);
  /** Ids of events that happened since this page looks, so that they can be shown as new. */
  fresh = new Set<string>();
  /** The server's clock minus this one: "ago" must not depend on a wrong clock in the room. */
  clockOffset = $state(0);
  #known = new Set<string>();

  /** Follow a site; gives what ends it. */
  follow(siteId: string): () => void {
    this.realtime = undefined;
    this.events = [];
    this.#known.clear();
    this.fresh.clear();
    return follow(siteId, {
      state: (state, message = '') => {
        this.state = state;
        this.problem = message;
      },
      realtime: (data) => {
        this.clockOffset = data.timestamp - Date.now();
        this.realtime = data;
      },
      events: (events, backlog) => this.#add(events, backlog),
    });
  }

  /** The server's time now, ms. */
  time(): number {
    return Date.now() + this.clockOffset;
  }

  #add(events: LiveEvent[], backlog: boolean): void {
    const news = events.filter(({ event_id }) => !this.#known.has(event_id)).reverse();
    this.events = [...news, ...this.events].slice(0, MOST_EVENTS);
    this.#known = new Set(this.events.map(({ event_id }) => event_id));
    if (!backlog) for (const { event_id } of news) this.fresh.add(event_id);
    for (const id of this.fresh) if (!this.#known.has(id)) this.fresh.delete(id);
  }
}

export const now = new Now();
