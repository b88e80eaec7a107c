import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildDashboard } from './build-dashboard.mjs';
import { buildTracker, target } from './build-tracker.mjs';
import { writeSizes } from './sizes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const output = join(here, '../src/liveinsight/web');

/** @type {import('esbuild').BuildOptions} */
const shared = { bundle: true, minify: true, target, legalComments: 'none', absWorkingDir: here, logLevel: 'warning' };

/**
 * @param {string} folder
 * @param {string[]} files
 * @param {string} [destination]
 */
async function copy(folder, files, destination = '') {
  await mkdir(join(output, destination), { recursive: true });
  await Promise.all(files.map((name) => copyFile(join(here, folder, name), join(output, destination, name))));
}

await rm(output, { recursive: true, force: true });

// Of those who run a site, not of their visitors: browsers that know light-dark(), as for the dashboard.
await build({
  ...shared,
  target: ['chrome123', 'firefox120', 'safari17.5'],
  entryPoints: ['login/login.js', 'login/login.css'],
  outdir: join(output, 'static/login'),
  format: 'iife',
});
await build({ ...shared, entryPoints: ['demo/demo.js', 'demo/demo.css'], outdir: join(output, 'demo'), format: 'iife' });
await copy('login', ['login.html']);
await copy('.', ['icon.svg'], 'static/login');
await copy('demo', ['index.html', 'pricing.html', 'docs.html', 'thanks.html'], 'demo');

await buildDashboard(output);

const sizes = await buildTracker(output);
for (const [name, { raw, gzipped }] of Object.entries(sizes)) console.log(`${name}: ${raw} bytes, ${gzipped} gzipped`);
await writeSizes(join(here, '..'), sizes);
