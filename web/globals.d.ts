/** What a page may call once the tracker's script tag has run. */
interface LiveInsightApi {
  init(options?: import('./tracker/types.js').Options): void;
  track(type: string, properties?: import('./tracker/types.js').Properties, urgent?: unknown): void;
  trackConversion(type: string, properties?: import('./tracker/types.js').Properties): void;
  /** Of the options part. */
  optIn?(): void;
  optOut?(): void;
}

interface Window {
  LiveInsight?: LiveInsightApi;
}

interface Document {
  /** True while a browser renders a page ahead of a visit that may never happen. */
  readonly prerendering?: boolean;
}

interface Navigator {
  /** The visitor asks every site not to sell or share what it learns: Global Privacy Control. */
  readonly globalPrivacyControl?: boolean;
  readonly doNotTrack?: string | null;
}
