import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const SMALLEST = 512; // below that a compressed file is no smaller

/**
 * Builds the dashboard into `output`/dashboard, each file of its assets also as .br and .gz, for servers to send as it is.
 *
 * @param {string} output
 */
export async function buildDashboard(output) {
  await build({ configFile: join(here, 'dashboard/vite.config.ts') });
  const assets = join(output, 'dashboard/assets');
  await Promise.all((await readdir(assets)).map((name) => compress(join(assets, name))));
}

/** @param {string} path */
async function compress(path) {
  const content = await readFile(path);
  if (content.length < SMALLEST) return;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    promisify(gzip)(content, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
