/** What this browser keeps of a reader's choices. Storage may be blocked; then a choice lasts as long as the page. */

const PREFIX = 'li_';

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Not kept for the next visit; this page still changes.
  }
}
