import { follow, type ConnectionState } from './connection.ts';
import { fresh } from './fresh.svelte.ts';
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
  news = new Set<string>();
  /** The server's clock minus this one: "ago" must not depend on a wrong clock in the room. */
  clockOffset = $state(0);
  #known = new Set<string>();

  /** Follow a site; gives what ends it. */
  follow(siteId: string): () => void {
    this.realtime = undefined;
    this.events = [];
    this.#known.clear();
    this.news.clear();
    return follow(siteId, {
      state: (state, message = '') => {
        const isBack = this.state === 'offline' && state !== 'offline';
        this.state = state;
        this.problem = message;
        if (isBack) fresh.now();
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
    const unknown = events.filter(({ event_id }) => !this.#known.has(event_id)).reverse();
    this.events = [...unknown, ...this.events].slice(0, MOST_EVENTS);
    this.#known = new Set(this.events.map(({ event_id }) => event_id));
    if (!backlog) for (const { event_id } of unknown) this.news.add(event_id);
    for (const id of this.news) if (!this.#known.has(id)) this.news.delete(id);
  }
}

export const now = new Now();
