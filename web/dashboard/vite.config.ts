import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What every screen needs: one file, not a dozen small ones. The rest comes with the screen that needs it. */
const isCommon = (id: string) =>
  /node_modules\/(svelte|uplot|clsx|esm-env)\//.test(id) || (/dashboard\/src\/(lib|parts|strings)\//.test(id) && !id.endsWith('/world.ts'));

export default defineConfig({
  root: here('.'),
  base: './', // every address is relative: the dashboard works under any path prefix
  plugins: [svelte({ configFile: here('svelte.config.js') })],
  build: {
    outDir: here('../../src/liveinsight/web/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // those that know light-dark()
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: { codeSplitting: { groups: [{ name: 'common', test: isCommon }] } },
    },
  },
  logLevel: 'warn',
});
