import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';

// Most values are final when the page is left: then they cannot wait for the next batch.
for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB])
  measure(({ name, value, rating }) =>
    self.LiveInsight?.track('web_vital', { metric: name, value: Math.round(value * 1e4) / 1e4, rating }, document.hidden),
  );
