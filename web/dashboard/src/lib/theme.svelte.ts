import { remember, remembered } from './memory.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Dark or light: as the reader chose, or as the machine is set. */
class Appearance {
  chosen = $state<Theme>(THEMES.find((each) => each === remembered('theme')) ?? 'auto');
  /** Grows when colours change: what is drawn on a canvas has to be drawn again. */
  changes = $state(0);

  constructor() {
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (this.changes += 1));
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    remember('theme', theme);
    this.#apply();
    this.changes += 1;
  }

  #apply(): void {
    if (this.chosen === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.chosen;
  }
}

export const appearance = new Appearance();
