import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

/** In bytes, gzipped. The options part is needed before the first event, the others belong to whoever asks for them. */
const LIMITS = { tracker: 2000, parts: 4000 };
const PARTS = ['options', 'clicks', 'errors', 'vitals'];

/** The browsers of the last five years. Anything older leaves the page alone: the tracker does not parse there. */
export const target = ['chrome95', 'edge95', 'firefox94', 'safari15'];

const here = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);

/** @type {import('esbuild').BuildOptions} */
const shared = { bundle: true, minify: true, target, legalComments: 'none', absWorkingDir: here, logLevel: 'warning', write: false };

/** @param {string} entry @param {import('esbuild').BuildOptions} [options] */
async function bundle(entry, options) {
  const { outputFiles } = await build({ ...shared, entryPoints: [entry], ...options });
  return /** @type {NonNullable<typeof outputFiles>} */ (outputFiles)[0].text;
}

/**
 * A classic script. A block keeps its names from the page as a function would, in fewer bytes.
 *
 * @param {string} entry
 */
async function script(entry) {
  const compress = { passes: 3, ecma: /** @type {const} */ (2020), pure_getters: true, unsafe: true };
  const { code = '' } = await minify(await bundle(entry, { format: 'iife' }), { ecma: 2020, compress });
  const plain = code.replace(/^"use strict";/, '');
  // Not where a block would let names out.
  if (/[;{}](var|function)\b/.test(plain.slice('(()=>{var '.length))) return plain;
  return plain.replace(/^\(\(\)=>\{var /, '{let ').replace(/\}\)\(\);?$/, '}');
}

/** @param {string} code */
const sizeOf = (code) => ({ raw: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length });

/** The package for bundlers: an ES module and its types. @param {string} folder */
async function buildModule(folder) {
  // A module has no tag of its own, and is started by its page.
  const define = { 'document.currentScript': JSON.stringify({ dataset: { manual: '' } }) };
  const code = await bundle('tracker/module.js', { format: 'esm', define });
  const python = await readFile(join(here, '../src/liveinsight/__init__.py'), 'utf8');
  const [, version] = /__version__ = "(.+)"/.exec(python) ?? [];
  const description = {
    name: 'liveinsight',
    version,
    description: 'The LiveInsight tracker: counts what visitors do, and loses nothing',
    license: 'MIT',
    type: 'module',
    exports: { '.': { types: './liveinsight.d.ts', default: './liveinsight.js' } },
    types: './liveinsight.d.ts',
    sideEffects: false,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'liveinsight.js'), code);
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
  const types = makeTypes();
  await copyFile(join(types, 'module.d.ts'), join(folder, 'liveinsight.d.ts'));
  await copyFile(join(types, 'types.d.ts'), join(folder, 'types.d.ts'));
  return code;
}

/** What tsc reads out of the sources' comments; gives the folder. */
function makeTypes() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const out = join(here, 'node_modules/.types');
  const run = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.module.json', '--outDir', out], { cwd: here });
  if (run.status) throw new Error(`the types of the module could not be made: ${run.stdout}`);
  return out;
}

/**
 * Builds the tracker, its parts and the package, and gives their sizes. Throws when one is over its limit.
 *
 * @param {string} output
 */
export async function buildTracker(output) {
  const folder = join(output, 'static/js');
  await mkdir(folder, { recursive: true });
  /** @type {Record<string, ReturnType<typeof sizeOf>>} */
  const sizes = {};
  for (const [name, entry] of [['tracker', 'index'], ...PARTS.map((part) => [part, `parts/${part}`])]) {
    const code = await script(`tracker/${entry}.js`);
    sizes[name] = sizeOf(code);
    await writeFile(join(folder, `liveinsight-${name}.js`), code);
  }
  sizes.module = sizeOf(await buildModule(join(output, 'npm')));
  await writeFile(join(folder, 'liveinsight.mjs'), await readFile(join(output, 'npm/liveinsight.js')));
  const parts = PARTS.reduce((sum, part) => sum + sizes[part].gzipped, 0);
  for (const [name, size] of Object.entries({ tracker: sizes.tracker.gzipped, parts }))
    if (size > LIMITS[/** @type {'tracker' | 'parts'} */ (name)]) throw new Error(`${name}: ${size} gzipped bytes, over the limit`);
  return sizes;
}
