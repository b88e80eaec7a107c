import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What others ship, in bytes gzipped (gzip -9, November 2026), and whether what could not be sent is sent again. Each is
 * the whole script with what it can do, as its project serves or publishes it.
 *
 * @type {[name: string, bytes: number, retries: boolean][]}
 */
const RIVALS = [
  ['Medama', 762, false],
  ['Liwan', 1103, false],
  ['GoatCounter', 2183, false],
  ['Umami', 2214, false],
  ['Plausible', 2694, false],
  ['OpenPanel', 3282, true],
  ['Rybbit', 4684, false],
  ['Swetrix', 6234, false],
  ['PostHog', 121980, true],
];

/** @type {Record<string, Record<string, string>>} */
const WORDS = {
  'README.md': {
    head: '| script | bytes, gzipped | sends again what did not arrive |',
    tracker: 'LiveInsight, all of the above',
    options: 'hash routes, excluded pages, consent, several sites',
    clicks: 'rage clicks and click map',
    errors: 'JavaScript errors',
    vitals: 'web vitals',
    yes: 'yes',
    no: 'no',
    kept: 'yes, also on the next page, each event once',
    retries: 'in memory',
  },
  'README.ko.md': {
    head: '| 스크립트 | gzip 바이트 | 도착하지 않은 것을 다시 보내는가 |',
    tracker: 'LiveInsight, 위의 모든 것',
    options: '해시 경로, 제외 페이지, 동의, 여러 사이트',
    clicks: '분노 클릭과 클릭 지도',
    errors: 'JavaScript 오류',
    vitals: '웹 바이탈',
    yes: '예',
    no: '아니요',
    kept: '예, 다음 페이지에서도, 이벤트마다 한 번씩',
    retries: '메모리에서만',
  },
};

/** @param {number} bytes */
const number = (bytes) => bytes.toLocaleString('en');

/** @param {Record<string, string>} words @param {Record<string, {gzipped: number}>} sizes */
function table(words, sizes) {
  const rows = [[`**${words.tracker}**`, `**${number(sizes.tracker.gzipped)}**`, words.kept]];
  for (const name of ['options', 'clicks', 'errors', 'vitals'])
    rows.push([`+ \`liveinsight-${name}.js\`: ${words[name]}`, number(sizes[name].gzipped), '']);
  for (const [name, bytes, retries] of RIVALS) rows.push([name, number(bytes), retries ? words.retries : words.no]);
  return [words.head, '| --- | ---: | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

/**
 * Puts the table between its markers in the READMEs, when it has changed.
 *
 * @param {string} root
 * @param {Record<string, {gzipped: number}>} sizes
 */
export async function writeSizes(root, sizes) {
  for (const [name, words] of Object.entries(WORDS)) {
    const path = join(root, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    const written = text.replace(/(<!-- sizes -->\n)[^]*?(<!-- \/sizes -->)/, (_, start, end) => `${start}${table(words, sizes)}\n${end}`);
    if (written !== text) await writeFile(path, written);
  }
}
