import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './pretend.js';

const KEPT = /^li_k/;
const MINUTE = 60;

/** @param {Record<string, string>} storage */
const keptIn = (storage) =>
  JSON.parse(`[${Object.keys(storage).filter((key) => KEPT.test(key)).map((key) => storage[key]).join('').slice(1)}]`);

test('the first page view leaves at once, what follows within a second, one request at a time', async () => {
  const page = load();
  await page.settle();
  page.api.track('one');
  page.api.track('two');
  assert.deepEqual(page.types(), ['page_view']);
  await page.pass(1);
  assert.deepEqual(page.requests.map(({ events }) => events.length), [1, 2]);
});

test('ids sort in the order in which they were made, also when the clock steps back', async () => {
  const page = load();
  for (let n = 0; n < 300; n++) {
    if (n === 150) page.now -= 3_600_000;
    page.api.track(`n${n}`);
  }
  await page.pass(1);
  const ids = page.requests.flatMap(({ events }) => events.map(({ event_id }) => event_id));
  // The server takes ids of this form for ids that no other event will ever have.
  for (const id of ids) assert.match(id, /^l[0-9a-z]{8}\.[0-9a-z]{5,}$/);
  assert.deepEqual([...ids].sort(), ids);
});

test('what a server cannot take now is kept and sent again, no sooner than it asked, also by the next page', async () => {
  /** @type {Record<string, string>} */
  const storage = {};
  const page = load({ storage, answers: [{ status: 503, headers: { 'Retry-After': '20' } }] });
  page.api.track('before');
  await page.settle();
  const next = load({ storage, now: page.now });
  await next.pass(19);
  assert.deepEqual([...page.requests, ...next.requests], []);
  await next.pass(3);
  assert.deepEqual(next.types(), ['page_view', 'before', 'page_view']);
  assert.deepEqual(keptIn(storage), []);
});

test('without an answer it waits longer and longer, and never longer than half a minute', async () => {
  const answers = Array.from({ length: 1000 }, () => new TypeError('network'));
  const page = load({ answers });
  await page.pass(15 * MINUTE);
  const tries = 1000 - answers.length;
  assert.ok(tries > 30 && tries < 150, `${tries} tries in a quarter of an hour`);
});

test('what is wrong with an event is said once, and not sent again', async () => {
  const page = load();
  await page.settle();
  for (let n = 0; n < 3; n++) {
    page.answers.push({ status: 400, body: { status: 'error', message: 'The event was not accepted.', details: [] } });
    page.api.trackConversion('purchase', { value: NaN });
    await page.settle();
  }
  page.answers.push({ status: 200, body: { data: { accepted: 1, rejected: [{ index: 1, message: 'must be text' }] } } });
  page.api.track('half');
  await page.pass(1);
  assert.deepEqual(page.warnings, ['LiveInsight: The event was not accepted.', 'LiveInsight: must be text']);
  assert.deepEqual(keptIn(page.storage), []);
  await page.pass(MINUTE);
  assert.ok(!page.types().includes('conversion'));
});

test('an answer that is not the collector’s is no answer', async () => {
  const page = load({ answers: [{ status: 204, body: { welcome: 'to our hotel' } }, new SyntaxError('<html>')] });
  await page.pass(10);
  assert.deepEqual(page.types(), ['page_view']);
});

test('an unreachable server costs a bounded amount of memory, and what is kept fits into one request', async () => {
  const page = load({ answers: [new TypeError('network')] });
  for (let n = 0; n < 5000; n++) page.api.track('x');
  assert.ok(JSON.stringify(page.storage).length < 80_000);
  assert.ok(keptIn(page.storage).length < 500);
});

test('one event that is too large for a request that outlives the page is sent all the same', async () => {
  const page = load();
  await page.settle();
  page.api.track('large', { text: 'x'.repeat(30_000) });
  await page.pass(1);
  assert.deepEqual(page.requests.map(({ keepalive }) => keepalive), [true, false]);
});

test('tabs share a session, and half an hour without anything ends it', async () => {
  const storage = {};
  const first = load({ storage });
  const second = load({ storage, now: first.now + 29 * 60_000 });
  const third = load({ storage, now: second.now + 31 * 60_000 });
  await third.settle();
  const ids = [first, second, third].map(({ requests }) => requests.at(-1)?.events.at(-1));
  assert.equal(ids[0].session_id, ids[1].session_id);
  assert.notEqual(ids[1].session_id, ids[2].session_id);
  assert.equal(new Set(ids.map(({ user_id }) => user_id)).size, 1);
});

test('cookieless: nothing is kept in the browser, and the server says who it is', async () => {
  const page = load({ dataset: { privacy: 'cookieless' } });
  await page.settle();
  const [{ session_id, user_id }] = page.requests[0].events;
  assert.deepEqual([session_id, user_id, page.storage], ['-', undefined, {}]);
});

test('a browser that has no room left, or no storage at all, is counted in one session', async () => {
  const full = new Proxy({}, { set() { throw new Error('QuotaExceededError'); } });
  for (const storage of [full, null]) {
    const page = load({ storage });
    page.api.track('one');
    await page.pass(2);
    assert.deepEqual(page.types(), ['page_view', 'one']);
    const events = page.requests.flatMap((each) => each.events);
    assert.equal(new Set(events.map((event) => event.session_id + event.user_id)).size, 1);
  }
});

test('a page that empties the storage loses no event', async () => {
  const page = load();
  await page.settle();
  page.api.track('log-out');
  for (const key of Object.keys(page.storage)) delete page.storage[key];
  await page.pass(1);
  assert.deepEqual(page.types(), ['page_view', 'log-out']);
});

test('who asks not to be tracked is not counted, unless the owner says so', async () => {
  for (const navigator of [{ globalPrivacyControl: true }, { doNotTrack: '1' }]) {
    const page = load({ navigator });
    await page.pass(40);
    assert.deepEqual([page.types(), page.storage, page.warnings], [[], {}, ['LiveInsight: ignored']]);
    assert.deepEqual(load({ navigator, dataset: { dnt: 'off' } }).warnings, []);
  }
  assert.deepEqual(load({ storage: { li_ignore: '1' } }).warnings, ['LiveInsight: ignored']);
});

test('heartbeats say how long somebody was there, and stop when nobody is', async () => {
  const page = load();
  await page.pass(10 * MINUTE);
  const beats = page.requests.flatMap(({ events }) => events).filter(({ event_type }) => event_type === 'heartbeat');
  assert.deepEqual(beats.map(({ engaged_ms }) => engaged_ms), [30_000, 30_000]);
  page.happen('keydown');
  await page.pass(35);
  assert.equal(page.types().filter((type) => type === 'heartbeat').length, 3);
});

test('leaving says the rest of the time and how far the page was seen, once', async () => {
  const page = load();
  await page.pass(12);
  page.happen('pagehide');
  page.document.hidden = true;
  page.happen('visibilitychange');
  await page.pass(3);
  assert.equal(page.beacons.length, 1);
  const [exit] = page.beacons[0].events;
  assert.deepEqual([exit.event_type, exit.engaged_ms, exit.scroll_depth], ['page_exit', 12_000, 25]);
});

test('who comes back after half an hour looks at the page again', async () => {
  const page = load();
  page.document.hidden = true;
  page.happen('visibilitychange');
  page.document.hidden = false;
  page.happen('visibilitychange');
  await page.pass(1);
  page.document.hidden = true;
  page.happen('visibilitychange');
  page.now += 31 * 60_000;
  page.document.hidden = false;
  page.happen('visibilitychange');
  await page.pass(2);
  assert.deepEqual(page.types(), ['page_view', 'page_exit', 'heartbeat', 'page_exit', 'page_view']);
});

test('the collector is where the tracker came from, where the page says, or on the server that it names', () => {
  /** @type {[Record<string, string>, string][]} */
  const cases = [
    [{}, 'https://stats.example/api/events'],
    [{ apiUrl: 'https://li.example' }, 'https://li.example/api/events'],
    [{ apiUrl: 'https://li.example/stats/' }, 'https://li.example/stats/api/events'],
    [{ apiUrl: 'https://li.example/api/events' }, 'https://li.example/api/events'],
    [{ apiUrl: '/a/e' }, 'https://shop.example/a/e'],
  ];
  for (const [dataset, expected] of cases) {
    const urls = /** @type {string[]} */ ([]);
    const page = load({ dataset, navigator: { sendBeacon: (/** @type {string} */ url) => urls.push(url) } });
    page.happen('pagehide');
    assert.deepEqual(urls, [expected]);
  }
});

test('calls of a stub are made when the tracker is there', async () => {
  /** @type {(() => void)[]} */
  const q = [];
  const calls = { q, track: (/** @type {string} */ type) => q.push(() => calls.now(type)), now: (/** @type {string} */ _) => {} };
  calls.track('early');
  const stub = { ...calls };
  calls.now = (type) => (heard = type);
  let heard = '';
  const page = load({ stub });
  await page.pass(1);
  assert.equal(heard, 'early');
});
