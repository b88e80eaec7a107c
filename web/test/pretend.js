import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';

/** @typedef {{status: number, body?: object, headers?: Record<string, string>}} Answer */

const bundled = await build({
  entryPoints: ['tracker/index.js'],
  bundle: true,
  write: false,
  format: 'iife',
  absWorkingDir: new URL('..', import.meta.url).pathname,
});
const source = bundled.outputFiles[0].text;

/**
 * A page that has just loaded the tracker, in a browser made of the few things that the tracker touches. Time stands
 * still until the test lets it pass.
 *
 * @param {{storage?: any, dataset?: Record<string, string>, navigator?: object, now?: number, stub?: object, answers?: (Answer | Error)[]}} [given]
 */
export function load({ storage = {}, dataset = {}, navigator = {}, now = 1_790_000_000_000, stub, answers = [] } = {}) {
  /** @type {Record<string, ((event: any) => void)[]>} */
  const listeners = {};
  /** @type {(() => void)[]} */
  const ticks = [];
  /** @type {{events: any[], sent_at: number, keepalive: boolean}[]} */
  const requests = [];
  /** @type {any[]} */
  const beacons = [];
  /** @type {string[]} */
  const warnings = [];

  const page = {
    now,
    requests,
    beacons,
    warnings,
    answers,
    storage,
    /** @param {string} type @param {object} [event] */
    happen: (type, event = {}) => listeners[type]?.forEach((run) => run({ type, composedPath: () => [], ...event })),
    /** Lets seconds pass, and what waits for them happen. @param {number} seconds */
    async pass(seconds) {
      for (; seconds > 0; seconds--) {
        page.now += 1000;
        for (const tick of ticks) tick();
        await page.settle();
      }
    },
    async settle() {
      for (let turn = 0; turn < 9; turn++) await null;
    },
    /** The types of all events that arrived. */
    types: () => requests.flatMap(({ events }) => events.map(({ event_type }) => event_type)),
    /** @type {any} */
    api: undefined,
    document: {
      currentScript: { src: 'https://stats.example/static/js/liveinsight-tracker.js', dataset },
      referrer: '',
      title: 'A page',
      hidden: false,
      readyState: 'interactive',
      documentElement: { scrollHeight: 2000 },
    },
  };

  class Clock extends Date {
    static now = () => page.now;
  }

  /** @param {string} _ @param {{body: string, keepalive: boolean}} request */
  const fetch = async (_, { body, keepalive }) => {
    const answer = answers.shift() ?? { status: 200 };
    if (answer instanceof Error) throw answer;
    if (answer.status === 200) requests.push({ ...JSON.parse(body), keepalive });
    const given = answer.body ?? (answer.status === 200 ? { data: { rejected: [] } } : { message: 'no' });
    return { status: answer.status, headers: new Headers(answer.headers), json: async () => given };
  };

  const window = {
    LiveInsight: stub,
    addEventListener: (/** @type {string} */ type, /** @type {any} */ run) => (listeners[type] ??= []).push(run),
    setInterval: (/** @type {() => void} */ run) => ticks.push(run),
    setTimeout: (/** @type {() => void} */ run) => run(),
    console: { warn: (/** @type {string} */ text) => void warnings.push(text) },
    document: page.document,
    location: new URL('https://shop.example/tea?utm_source=naver&token=secret'),
    navigator: { language: 'ko', sendBeacon: (/** @type {string} */ _, /** @type {string} */ body) => beacons.push(JSON.parse(body)) > 0, ...navigator },
    history: { pushState() {}, replaceState() {} },
    screen: { width: 800, height: 600 },
    scrollY: 0,
    innerHeight: 500,
    localStorage: storage,
    Date: Clock,
    URL,
    fetch,
  };
  const context = createContext(Object.assign(window, { self: window }));
  runInContext(source, context);
  page.api = window.LiveInsight;
  return page;
}
