let lastTime = 0;

/**
 * A version 7 UUID. Ids made by one page sort in the order they were made even within a millisecond, or when
 * the clock steps back, so the server can order what happened at the same time.
 */
export function newId() {
  lastTime = Math.max(Date.now(), lastTime + 1);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = lastTime / 2 ** (40 - 8 * i);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * The id kept under a key, made on first use. Browsers may refuse storage altogether (even reading the property
 * throws), in which case the id lives as long as the page.
 *
 * @param {() => Storage} storage
 * @param {string} key
 */
export function rememberedId(storage, key) {
  let id;
  try {
    id = storage().getItem(key);
    if (!id) storage().setItem(key, (id = newId()));
  } catch {}
  return id || newId();
}
