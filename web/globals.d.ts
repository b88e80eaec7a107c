/** What a page may call once the tracker's script tag has run. */
interface LiveInsightApi {
  init(config?: { apiUrl: string; siteId?: string }): void;
  track(type: string, data?: Record<string, unknown>): void;
  trackConversion(type: string, data?: { value?: number; currency?: string }): void;
}

interface Window {
  LiveInsight?: LiveInsightApi;
}

interface Document {
  /** True while a browser renders a page ahead of a visit that may never happen. */
  readonly prerendering?: boolean;
}
