import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { collectorUrl, serverOf } from '../tracker/address.js';
import { newId, rememberedId } from '../tracker/identity.js';
import { backoff, createQueue } from '../tracker/queue.js';

/** @typedef {{ok: boolean, status: number, headers: Headers}} Answer */

/** @param {number} status @param {Record<string, string>} [headers] @returns {Answer} */
const answer = (status, headers) => ({ ok: status < 300, status, headers: new Headers(headers) });

/**
 * A queue in front of a collector that gives the listed answers in turn, and 200 after them.
 *
 * @param {(Answer | Error)[]} answers
 */
function collector(...answers) {
  /** @type {{n: number}[][]} */
  const received = [];
  const queue = createQueue(
    async (body) => {
      received.push(JSON.parse(body).events);
      const next = answers.shift() ?? answer(200);
      if (next instanceof Error) throw next;
      return next;
    },
    (body) => received.push(JSON.parse(body).events) > 0,
  );
  return { queue, received };
}

/** Lets time pass, and what was waiting for it happen. @param {number} ms */
async function pass(ms) {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 5; turn++) await null;
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('ids are version 7 UUIDs that sort in the order they were made', () => {
  const ids = Array.from({ length: 500 }, newId);
  for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.deepEqual([...ids].sort(), ids);
  assert.ok(Math.abs(parseInt(ids[0].replace('-', '').slice(0, 12), 16) - Date.now()) < 5000);
});

test('an id is remembered, and blocked storage still gives one', () => {
  const kept = new Map();
  const storage = /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  });
  const first = rememberedId(() => storage, 'li_user_id');
  assert.equal(rememberedId(() => storage, 'li_user_id'), first);
  assert.ok(
    rememberedId(() => {
      throw new Error('SecurityError');
    }, 'li_user_id'),
  );
});

test('the collector is found from its own address, a server root, or the script', () => {
  const page = 'https://shop.example/cart/';
  assert.equal(collectorUrl('https://stats.example/api/events', page), 'https://stats.example/api/events');
  assert.equal(collectorUrl('https://stats.example', page), 'https://stats.example/api/events');
  assert.equal(collectorUrl('https://stats.example/li/', page), 'https://stats.example/li/api/events');
  assert.equal(collectorUrl('/api/events/', page), 'https://shop.example/api/events/');
  assert.equal(serverOf('https://stats.example/li/static/js/liveinsight-tracker.js?v=1'), 'https://stats.example/li');
  assert.equal(serverOf('https://cdn.example/tracker.js'), 'https://cdn.example');
});

test('back-off doubles up to a minute, is half random, and never undercuts Retry-After', () => {
  assert.deepEqual([backoff(1, 0, 0), backoff(1, 0, 1)], [1000, 2000]);
  assert.deepEqual([backoff(30, 0, 0), backoff(30, 0, 1)], [30_000, 60_000]);
  assert.ok(backoff(1, 7, 0) >= 7000);
});

test('urgent events leave at once, the others together half a second later', async () => {
  const { queue, received } = collector();
  queue.push({ n: 1 }, true);
  await pass(0);
  queue.push({ n: 2 });
  queue.push({ n: 3 });
  await pass(499);
  assert.deepEqual(received, [[{ n: 1 }]]);
  await pass(1);
  assert.deepEqual(received, [[{ n: 1 }], [{ n: 2 }, { n: 3 }]]);
});

test('what a server cannot take now is sent again, in order, no sooner than it asked', async () => {
  const { queue, received } = collector(new TypeError('network'), answer(429, { 'Retry-After': '9' }));
  queue.push({ n: 1 }, true);
  await pass(0);
  queue.push({ n: 2 }, true);
  await pass(2000);
  assert.deepEqual(received.at(-1), [{ n: 1 }, { n: 2 }]);
  await pass(8999);
  assert.equal(received.length, 2);
  await pass(4001);
  assert.deepEqual(received.slice(2), [[{ n: 1 }, { n: 2 }]]);
});

test('refused events are dropped with one warning', async () => {
  const warn = mock.method(console, 'warn', () => {});
  const { queue, received } = collector(answer(400), answer(400));
  for (const n of [1, 2]) {
    queue.push({ n }, true);
    await pass(0);
  }
  await pass(120_000);
  assert.equal(received.length, 2);
  assert.equal(warn.mock.callCount(), 1);
});

test('an unreachable server costs a bounded amount of memory: the newest 200 events', async () => {
  const { queue, received } = collector(new TypeError('network'));
  for (let n = 0; n < 500; n++) queue.push({ n }, n === 0);
  await pass(0);
  queue.leave();
  const sent = received.slice(1).flat();
  assert.equal(sent.length, 200);
  assert.equal(sent[199].n, 499);
});

test('requests stay small enough to outlive the page, and a refused beacon loses nothing', async () => {
  /** @type {string[]} */
  const bodies = [];
  const queue = createQueue(
    async () => answer(200),
    (body) => bodies.length < 2 && bodies.push(body) > 0,
  );
  for (let n = 0; n < 50; n++) queue.push({ n, text: 'x'.repeat(1000) });
  queue.leave();
  assert.ok(bodies.every((body) => body.length < 21_000));
  const before = bodies.length;
  bodies.length = 0;
  queue.leave();
  assert.equal(before, 2);
  assert.equal(JSON.parse(bodies[0]).events[0].text.length, 1000);
  assert.ok(JSON.parse(bodies[0]).events[0].n > 0);
});

test('an event that cannot be written fails its caller and nobody else', async () => {
  const { queue, received } = collector();
  const circular = {};
  Object.assign(circular, { circular });
  assert.throws(() => queue.push(circular));
  queue.push({ n: 1 }, true);
  await pass(0);
  assert.deepEqual(received, [[{ n: 1 }]]);
});
