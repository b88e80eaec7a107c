import { ApiError, get } from './api.ts';
import { fresh } from './fresh.svelte.ts';
import { language } from './language.svelte.ts';
import { now } from './now.svelte.ts';
import { dayAt } from './period.ts';
import type { DimensionTerm, MetricTerm, Segment, Site, Term, Unit, Vocabulary } from './types.ts';
import { view } from './view.svelte.ts';

const PROPERTY = 'prop:';

/** What every screen needs to know: the sites, the words and what they mean, what the site's owner saved. */
class Known {
  sites = $state.raw<Site[]>([]);
  #saved = $state.raw<{ siteId: string; segments?: Segment[]; error?: ApiError }>();
  #terms = $state.raw<Map<string, Term>>(new Map());
  #units = new Map<string, MetricTerm>();
  dimensions = $state.raw<DimensionTerm[]>([]);

  /** The site on screen: the one in the address, else the busiest. */
  readonly site = $derived(view.now.site ? this.sites.find((each) => each.site_id === view.now.site) : this.sites[0]);
  readonly siteId = $derived(view.now.site || (this.site?.site_id ?? ''));
  readonly timezone = $derived(this.site?.timezone ?? now.realtime?.timezone ?? 'UTC');
  /** The date now, on the site's clock. Looks again whenever the screen is refreshed. */
  readonly today = $derived((void fresh.count, dayAt(now.time(), this.timezone)));

  async load(): Promise<void> {
    const [, vocabulary] = await Promise.all([this.loadSites(), get<Vocabulary>('vocabulary')]);
    this.#units = new Map(vocabulary.metrics.map((each) => [each.name, each]));
    this.dimensions = vocabulary.dimensions;
    const terms: Term[] = [...vocabulary.definitions, ...vocabulary.dimensions, ...vocabulary.metrics];
    this.#terms = new Map(terms.map((each) => [each.name, each]));
  }

  async loadSites(): Promise<void> {
    this.sites = (await get<{ sites: Site[] }>('sites')).sites;
  }

  async loadSegments(siteId: string): Promise<void> {
    let saved;
    try {
      saved = await get<{ segments: Segment[] }>('segments', { site_id: siteId });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      saved = { error };
    }
    if (siteId === this.siteId) this.#saved = { siteId, ...saved };
  }

  readonly #savedHere = $derived(this.#saved?.siteId === this.siteId ? this.#saved : undefined);
  /** Those of the site; undefined until they are known: a link may say one, and then nothing can be asked before. */
  readonly segments = $derived(this.#savedHere?.segments);
  readonly segmentsError = $derived(this.#savedHere?.error);

  /** The segment in the address; undefined when none is, or when it is there no more. */
  readonly segment = $derived(view.now.segment ? this.segments?.find(({ id }) => id === view.now.segment) : undefined);

  #term(name: string): Term | undefined {
    return this.#terms.get(name) ?? this.#terms.get(name.split(':')[0] ?? '');
  }

  /** The name of a metric, a dimension or another word, as people say it. */
  label(name: string): string {
    if (name.startsWith(PROPERTY)) return name.slice(PROPERTY.length);
    return this.#term(name)?.label[language.current] ?? name;
  }

  /** What the word means; empty for one that explains itself. */
  definition(name: string): string {
    return this.#term(name)?.definition[language.current] ?? '';
  }

  unit(metric: string): Unit {
    return this.#units.get(metric.split(':')[0] ?? '')?.unit ?? 'count';
  }

  /** Whether more of it is better (1), worse (-1) or neither (0). */
  better(metric: string): number {
    const { better } = this.#units.get(metric.split(':')[0] ?? '') ?? {};
    return better === 'higher' ? 1 : better === 'lower' ? -1 : 0;
  }
}

export const known = new Known();
