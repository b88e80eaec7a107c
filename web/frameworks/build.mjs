// Bundles the examples with the built package, as an app of somebody else would: node build.mjs FOLDER
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = process.argv[2];
const installed = join(folder, 'node_modules');
cpSync(new URL('../../src/liveinsight/web/npm', import.meta.url), join(installed, 'liveinsight'), { recursive: true });

await build({
  entryPoints: ['react.js', 'vue.js'],
  outdir: folder,
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  nodePaths: [installed],
  bundle: true,
  format: 'iife',
  define: {
    'process.env.NODE_ENV': '"production"',
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
});
