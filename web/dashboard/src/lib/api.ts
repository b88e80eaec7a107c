/** What the server said when it did not answer as asked. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(message: string, status: number, code: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

const LONGEST = 4000; // of an address; proxies refuse more than 8 KB of it and of headers

type Parameters = Record<string, string | number | undefined>;

/** An address of the API, relative to the page, so that it works under any path prefix. */
export function address(path: string, parameters: Parameters = {}): string {
  const url = new URL(`api/${path}`, new URL('.', location.href));
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** The JSON answer to a GET. The browser itself asks again with the answer's ETag. */
export function get<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> {
  return answer<T>(address(path, parameters), { signal: signal ?? null });
}

/** The answer to a question that is JSON itself: `query`, `query/funnel`, ... */
export function ask<T>(path: string, question: object, signal?: AbortSignal): Promise<T> {
  const url = address(path, { q: JSON.stringify(question) });
  if (url.length <= LONGEST) return answer<T>(url, { signal: signal ?? null });
  return answer<T>(address(path), { ...asJson('POST', question), signal: signal ?? null });
}

/** Save, change or delete something. */
export function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object, parameters?: Parameters): Promise<T> {
  return answer<T>(address(path, parameters), body ? asJson(method, body) : { method });
}

const asJson = (method: string, body: object): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
});

async function answer<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: { Accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('', 0, 'unreachable');
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(body?.message ?? '', response.status, body?.code ?? '');
  // Lists are bare by contract; everything else comes in an envelope.
  return body && typeof body === 'object' && 'data' in body && 'status' in body ? body.data : body;
}
