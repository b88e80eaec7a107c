import { known } from '../lib/known.svelte.ts';
import { view } from '../lib/view.svelte.ts';

/** The address of this screen with a session open. It says its site: whoever opens it may have another one as usual. */
export const sessionLink = (session: string): string => view.link({ site: known.siteId, more: { session } });
