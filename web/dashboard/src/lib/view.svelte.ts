import { readView, viewText, type Screen, type View } from './address.ts';
import { toggled } from './filters.ts';

/** The view on screen. The address is its only home: going back, reloading and sending a link all show the same. */
class CurrentView {
  #view = $state.raw<View>(readView(location.hash));

  constructor() {
    addEventListener('popstate', () => (this.#view = readView(location.hash)));
    addEventListener('hashchange', () => (this.#view = readView(location.hash)));
  }

  get now(): View {
    return this.#view;
  }

  /** The address of the view with changes, for links. */
  link(changes: Partial<View>): string {
    return viewText({ ...this.#view, ...changes });
  }

  /** The address of another screen: site, period and filters stay. */
  screenLink(screen: Screen, more: Record<string, string> = {}): string {
    return this.link({ screen, more });
  }

  /** Show the view with changes. `replace` leaves no step to go back to. */
  go(changes: Partial<View>, { replace = false } = {}): void {
    const text = this.link(changes);
    if (text === location.hash) return;
    if (replace) history.replaceState(null, '', text);
    else history.pushState(null, '', text);
    this.#view = readView(text);
  }

  /** Change what the screen has to say besides; an empty text takes it away. */
  say(changes: Record<string, string>, options?: { replace: boolean }): void {
    const more = Object.fromEntries(Object.entries({ ...this.#view.more, ...changes }).filter(([, value]) => value));
    this.go({ more }, options);
  }

  /** A value was clicked on. */
  toggle(dimension: string, value: string): void {
    this.go({ filters: toggled(this.#view.filters, dimension, value) });
  }
}

export const view = new CurrentView();
