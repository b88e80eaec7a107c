import { get } from '../lib/api.ts';
import { known } from '../lib/known.svelte.ts';
import { now } from '../lib/now.svelte.ts';
import type { ActiveSession, LiveEvent } from '../lib/types.ts';

const MOST = 50;
const REFRESH_EVERY = 2000;

/** The active sessions, latest activity first; asked for again when something happens. Made while a component is. */
export class ActiveSessions {
  list = $state.raw<ActiveSession[]>([]);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  constructor() {
    $effect(() => {
      void now.events;
      void now.realtime;
      if (known.siteId) this.#soon(known.siteId);
    });
    $effect(() => () => {
      clearTimeout(this.#timer);
      this.#abort.abort();
    });
  }

  #soon(siteId: string): void {
    this.#timer ??= setTimeout(() => void this.#ask(siteId), Math.max(0, this.#asked + REFRESH_EVERY - Date.now()));
  }

  async #ask(siteId: string): Promise<void> {
    this.#asked = Date.now();
    try {
      this.list = await get<ActiveSession[]>('sessions/active/', { site_id: siteId, limit: MOST }, this.#abort.signal);
    } catch {
      // The connection says when the server is away; the list keeps what it had.
    }
    this.#timer = undefined;
  }
}

/**
 * The id by which the server knows the session of an event. A client that keeps its id after a long break has several
 * sessions by it: `id`, `id.2`, `id.3`.
 */
export function sessionOf({ session_id, timestamp }: LiveEvent, sessions: ActiveSession[]): string {
  const mine = sessions.filter(
    (each) =>
      (each.session_id === session_id || (each.session_id.startsWith(`${session_id}.`) && /^\d+$/.test(each.session_id.slice(session_id.length + 1)))) &&
      each.started_at <= timestamp,
  );
  return mine[0]?.session_id ?? session_id;
}
