const REFRESH_EVERY = 30_000;

/** Counts the moments at which what is on screen should be asked for again. */
class Fresh {
  count = $state(0);
  #last = Date.now();

  constructor() {
    setInterval(() => this.#due(), REFRESH_EVERY);
    document.addEventListener('visibilitychange', () => this.#due());
  }

  /** Ask for everything again: something was saved. */
  now(): void {
    this.#last = Date.now();
    this.count += 1;
  }

  #due(): void {
    // Nobody looks at a hidden page; coming back to it shows what is new.
    if (!document.hidden && Date.now() - this.#last >= REFRESH_EVERY) this.now();
  }
}

export const fresh = new Fresh();
