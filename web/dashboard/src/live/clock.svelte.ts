import { createSubscriber } from 'svelte/reactivity';
import { now } from '../lib/now.svelte.ts';

const follow = createSubscriber((tick) => {
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
});

/** The server's time; whatever shows it moves on every second, and nothing ticks while nothing does. */
export const seconds = {
  get time(): number {
    follow();
    return now.time();
  },
};
