import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const output = join(here, '../src/liveinsight/web');
const TRACKER = join(output, 'static/js/liveinsight-tracker.js');
const TRACKER_LIMIT = 2000;

/** The browsers of the last five years. Anything older leaves the page alone: the tracker does not parse there. */
const target = ['chrome90', 'edge90', 'firefox90', 'safari14.1'];

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

await Promise.all(['static', 'demo'].map((folder) => rm(join(output, folder), { recursive: true, force: true })));

await build({ ...shared, entryPoints: ['tracker/index.js'], outfile: TRACKER, format: 'iife' });
await build({
  ...shared,
  entryPoints: ['live/live.js', 'live/login.js', 'live/live.css', 'live/login.css'],
  outdir: join(output, 'static/live'),
  format: 'iife',
});
await build({ ...shared, entryPoints: ['demo/demo.js', 'demo/demo.css'], outdir: join(output, 'demo'), format: 'iife' });
await copy('live', ['index.html', 'login.html']);
await copy('live', ['icon.svg'], 'static/live');
await copy('demo', ['index.html', 'pricing.html', 'docs.html', 'thanks.html'], 'demo');

const tracker = await readFile(TRACKER);
const gzipped = gzipSync(tracker, { level: 9 }).length;
console.log(`tracker: ${tracker.length} bytes, ${gzipped} gzipped`);
if (gzipped > TRACKER_LIMIT) throw new Error(`the tracker is over its ${TRACKER_LIMIT} gzipped bytes`);
