import { untrack } from 'svelte';
import { now } from '../lib/now.svelte.ts';
import type { LiveEvent } from '../lib/types.ts';

const MOST = 100;

// Many events a second are drawn together: nobody reads faster, and the page stays quick.
const DRAW_EVERY = 250;

// More at once are a flood: rows that all fade in cannot be read.
const MOST_SOFTLY = 5;

// Signs of life say nothing to a reader, and there is one every 30 seconds from every visitor.
const SILENT = new Set(['heartbeat', 'scroll', 'web_vital', 'click_map']);

export const isSilent = ({ event_type }: { event_type: string }): boolean => SILENT.has(event_type);

export interface Row {
  event: LiveEvent;
  /** Whether it appears softly: it happened just now, and not many others with it. */
  isNew: boolean;
}

/** The feed of events, newest first. While it is paused, what comes waits. Made while a component is. */
export class Feed {
  rows = $state.raw<Row[]>([]);
  isPaused = $state(false);
  /** How many events came since the pause. */
  waiting = $state(0);
  #held: Row[] = [];
  #latest: string | undefined;
  #drawn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    $effect(() => {
      const { events } = now;
      untrack(() => this.#take(events));
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  toggle(): void {
    this.isPaused = !this.isPaused;
    if (!this.isPaused) this.#draw();
  }

  #take(events: LiveEvent[]): void {
    const isFirst = this.#latest === undefined;
    const known = events.findIndex(({ event_id }) => event_id === this.#latest);
    this.#latest = events[0]?.event_id;
    if (!events.length) {
      // Another site begins.
      [this.rows, this.#held, this.waiting] = [[], [], 0];
      return;
    }
    const news = (known < 0 ? events : events.slice(0, known)).filter((event) => !isSilent(event));
    if (!news.length) return;
    this.#held = [...news.map((event) => ({ event, isNew: !isFirst })), ...this.#held].slice(0, MOST);
    if (this.isPaused) this.waiting += news.length;
    else this.#timer ??= setTimeout(() => this.#draw(), Math.max(0, this.#drawn + DRAW_EVERY - Date.now()));
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.isPaused) {
      this.waiting = this.#held.length; // it was paused before these were drawn
      return;
    }
    const news = this.#held.length > MOST_SOFTLY ? this.#held.map((row) => ({ ...row, isNew: false })) : this.#held;
    this.rows = [...news, ...this.rows].slice(0, MOST);
    this.#held = [];
    this.waiting = 0;
    this.#drawn = Date.now();
  }
}
