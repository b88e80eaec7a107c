const MOST = 10;
/** @type {Set<string>} */
const seen = new Set();

/**
 * @param {unknown} message
 * @param {string} [file]
 * @param {number} [line]
 * @param {number} [column]
 */
const report = (message, file = '', line = 0, column = 0) => {
  const text = `${message}`.slice(0, 300);
  const source = file.split(/[?#]/)[0].slice(-300);
  const key = text + source + line;
  if (seen.has(key) || seen.size >= MOST) return;
  seen.add(key);
  self.LiveInsight?.track('js_error', { message: text, source, line, column });
};

// What an error says may be anything, even an object that throws when it is made a text.
/** @param {() => void} run */
const guarded = (run) => {
  try {
    run();
  } catch {}
};

addEventListener('error', ({ message, filename, lineno, colno }) => guarded(() => report(message, filename, lineno, colno)));
addEventListener('unhandledrejection', ({ reason }) => guarded(() => report(reason?.message || reason)));
