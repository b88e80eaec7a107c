import { untrack } from 'svelte';
import { ApiError } from './api.ts';
import { fresh } from './fresh.svelte.ts';
import { now } from './now.svelte.ts';

/** Something asked of the server: what it last answered stays on screen while the next answer is on its way. */
export class Resource<Q, T> {
  data = $state.raw<T>();
  error = $state.raw<ApiError>();
  /** Whether an answer is on its way. */
  loading = $state(false);
  /** Whether `data` answers an earlier question than the one asked now. */
  outdated = $state(false);
  /** When `data` came, by the server's clock. */
  answeredAt = $state(0);
  #answered = '';

  /**
   * Asks whenever the question changes, or what is on screen may have. No question, no request. Made while a component
   * is: it ends with it.
   */
  constructor(question: () => Q | undefined, ask: (question: Q, signal: AbortSignal) => Promise<T>) {
    // As text: a question that is made anew and says the same is not asked again.
    const key = $derived(JSON.stringify(question()));
    $effect(() => {
      void fresh.count;
      const asked = key === undefined ? undefined : untrack(question);
      if (asked === undefined) return;
      const abort = new AbortController();
      this.#load(key, () => ask(asked, abort.signal), abort.signal);
      return () => abort.abort();
    });
  }

  /** Ask again, and everything else too: what failed here failed elsewhere, and what has not changed costs nothing. */
  retry(): void {
    fresh.now();
  }

  async #load(key: string, ask: () => Promise<T>, signal: AbortSignal): Promise<void> {
    this.loading = true;
    this.outdated = key !== this.#answered;
    try {
      const data = await ask();
      if (signal.aborted) return;
      this.data = data;
      this.error = undefined;
      this.#answered = key;
      this.answeredAt = now.time();
      this.outdated = false;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error instanceof ApiError ? error : new ApiError(String(error), 0, 'unexpected');
    }
    this.loading = false;
  }
}
