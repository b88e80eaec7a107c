import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Node does not read TypeScript in every version that builds this.
const { outputFiles } = await build({
  stdin: {
    contents: ['address', 'csv', 'filters', 'ledger', 'period', 'series'].map((name) => `export * from './${name}.ts';`).join(''),
    resolveDir: fileURLToPath(new URL('../dashboard/src/lib', import.meta.url)),
  },
  bundle: true,
  format: 'esm',
  write: false,
});
const lib = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);

const STRANGE = ['a~b', '100%', '%7E', 'x&y=z', '#?', '온다 찻집', '', ' ', '..', 'a/b'];

test('an address says everything that a view is, whatever strangers put into it', () => {
  for (const value of STRANGE) {
    const view = {
      ...lib.DEFAULT,
      screen: 'page',
      site: value,
      period: { from: '2026-11-01', to: '2026-11-21' },
      compare: 'none',
      filters: [
        { dimension: 'prop:a~b', operator: 'is_not', values: [value, 'other'] },
        { dimension: 'page', operator: 'is', values: STRANGE },
      ],
      segment: value,
      more: { page: `/${value}` },
    };
    assert.deepEqual(lib.readView(lib.viewText(view)), view);
  }
  assert.equal(lib.viewText(lib.DEFAULT), '#/overview');
});

test('an address that was cut or typed by hand still shows something', () => {
  for (const hash of ['', '#', '#/nowhere', '#/overview?', '#/overview?f=x', '#/overview?f=%', '#/overview?period=2026-13-01..2026-13-02', '#/overview?period=2026-11-21..2026-11-01&compare=maybe']) {
    assert.deepEqual(lib.readView(hash), lib.DEFAULT, hash);
  }
});

test('a click on a value filters by it, another widens the filter, the same takes it back', () => {
  const once = lib.toggled([], 'source', 'Naver');
  const both = lib.toggled(once, 'source', 'Google');
  assert.deepEqual(both, [{ dimension: 'source', operator: 'is', values: ['Naver', 'Google'] }]);
  assert.ok(lib.isChosen(both, 'source', 'Google'));
  assert.deepEqual(lib.toggled(lib.toggled(both, 'source', 'Naver'), 'source', 'Google'), []);
});

test('filters that chips cannot say stay a segment', () => {
  assert.deepEqual(lib.asChips([{ dimension: 'page', values: ['/'] }]), [{ dimension: 'page', operator: 'is', values: ['/'] }]);
  assert.equal(lib.asChips([{ or: [{ dimension: 'page', values: ['/'] }] }]), undefined);
});

test('the days of a period are those of the calendar', () => {
  const today = '2026-03-01';
  assert.deepEqual(lib.daysOf('7d', today), { from: '2026-02-23', to: today });
  assert.deepEqual(lib.daysOf('yesterday', today), { from: '2026-02-28', to: '2026-02-28' });
  assert.deepEqual(lib.daysOf('12mo', today), { from: '2025-04-01', to: today });
  assert.deepEqual(lib.daysOf('month', today), { from: today, to: today });
  assert.deepEqual(lib.daysOf('year', today), { from: '2026-01-01', to: today });
  assert.equal(lib.daysOf('24h', today), undefined);
});

test('a step back and forth comes to the same days, and never beyond today', () => {
  const today = '2026-11-22';
  const before = lib.moved('7d', -1, today);
  assert.deepEqual(before, { from: '2026-11-09', to: '2026-11-15' });
  assert.deepEqual(lib.moved(before, 1, today), { from: '2026-11-16', to: today });
  assert.equal(lib.moved('7d', 1, today), undefined);
  assert.equal(lib.moved({ from: '2026-11-21', to: '2026-11-21' }, 1, today), 'today');
});

test('the date now is that of the site, not of the reader', () => {
  const time = Date.UTC(2026, 10, 21, 23, 30);
  assert.equal(lib.dayAt(time, 'Asia/Seoul'), '2026-11-22');
  assert.equal(lib.dayAt(time, 'America/New_York'), '2026-11-21');
});

test('what has not begun is no zero, and what is not over is said to be open', () => {
  const HOUR = 3_600_000;
  const rows = [0, 1, 2, 3].map((hour) => ({ dimensions: [hour * HOUR], metrics: [hour + 1], comparison: [10] }));
  const answer = { rows, query: { from: 0, to: 4 * HOUR } };
  const series = lib.seriesOf(answer, 0, 2.5 * HOUR);
  assert.deepEqual(series.values, [1, 2, 3, null]);
  assert.deepEqual(series.before, [10, 10, 10, 10]);
  assert.equal(series.unfinished, 1);
  assert.equal(lib.seriesOf(answer, 0, 4 * HOUR).unfinished, 0);
});

test('a file for a spreadsheet holds text that strangers sent as text', () => {
  assert.equal(lib.csv([['a,b', 'say "x"', '=1+1', '-2', -2, null]]), `"a,b","say ""x""",'=1+1,'-2,-2,\r\n`);
});

test('the hours of the ledger are added up by the days of the site', () => {
  const line = { stored: 1, duplicates: 1, filtered: 0, rejected: 0, received: 2, reasons: {}, site_id: 'a' };
  const hours = [14, 15].map((hour) => ({ ...line, hour: Date.UTC(2026, 10, 21, hour) }));
  assert.deepEqual(
    lib.byDay({ hours }, 'Asia/Seoul').map((/** @type {{day: string, received: number}} */ { day, received }) => [day, received]),
    [
      ['2026-11-21', 2],
      ['2026-11-22', 2],
    ],
  );
});
