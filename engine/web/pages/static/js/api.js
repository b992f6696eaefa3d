// Calls the engine's API: returns answers with their age and the remaining quota, or throws a failure.

const PATIENCE = 20_000;
const FINAL = [400, 404, 422];
const quotas = new Map();
const closed = new Map();

/**
 * A failed call: `message` for people, the engine's `code`, and `wait` in seconds if it is known. `isFinal`: another
 * try would fail in the same way.
 */
export class Failure extends Error {
  constructor(message, { code = "", details = {}, wait = 0, isFinal = false } = {}) {
    super(message);
    this.code = code;
    this.isFinal = isFinal;
    this.details = details;
    this.wait = wait;
  }
}

/**
 * The quota of a path: `most` in a minute, `left` of it, `resets` (milliseconds).
 * Undefined before the first answer, and after a reset.
 */
export function quotaOf(path) {
  const quota = quotas.get(named(path));
  return quota && quota.resets > Date.now() ? quota : undefined;
}

/**
 * Gets the answer at `path`: `body`, `made` (when its data arrived, in milliseconds), `lifetime` (seconds that it
 * is fresh, if known), `stale`, and `source` (if known). Throws a `Failure`, without a call if the quota is spent.
 */
export async function get(path, signal) {
  const wait = ((closed.get(named(path)) ?? 0) - Date.now()) / 1000;
  if (wait > 0) throw spent(wait);
  const response = await reached(path, signal);
  remember(path, response.headers);
  const body = await read(response);
  if (!response.ok) throw refused(path, response, body);
  return { body, ...freshness(response.headers, body) };
}

/**
 * Sends a request with an API key, which is in its header alone. `body` is sent as JSON. Returns the answer's body,
 * null where there is none. Throws a `Failure` as `get` does.
 */
export async function send(method, path, { key, body, signal }) {
  const wait = ((closed.get(named(path)) ?? 0) - Date.now()) / 1000;
  if (wait > 0) throw spent(wait);
  const headers = { Accept: "application/json", "X-API-Key": key, ...(body && { "Content-Type": "application/json" }) };
  const response = await reached(path, signal, {
    method, headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit",
  });
  const answer = response.status === 204 ? null : await read(response);
  if (!response.ok) throw refused(path, response, answer);
  return answer;
}

/** Returns what `get` would return or throw for an answer that came with others: `status`, `headers`, `body`. */
export function unpacked(path, { status, headers, body }) {
  const response = { status, ok: status < 400, headers: new Headers(headers) };
  if (!response.ok) throw refused(path, response, body);
  return { body, ...freshness(response.headers, body) };
}

/** Gets lines of JSON at `path`, and hands each to `take` when it arrives. Throws a `Failure` as `get` does. */
export async function getLines(path, take) {
  const wait = ((closed.get(named(path)) ?? 0) - Date.now()) / 1000;
  if (wait > 0) throw spent(wait);
  const response = await reached(path);
  remember(path, response.headers);
  if (!response.ok) throw refused(path, response, await read(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const lines = (rest + piece.value).split("\n");
      rest = lines.pop();
      for (const line of lines) take(JSON.parse(line));
    }
  } catch {
    throw new Failure("The answer was cut off");
  }
}

async function reached(path, signal, more = {}) {
  const patience = AbortSignal.timeout(PATIENCE);
  const signals = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    return await fetch(path, { cache: "no-cache", headers: { Accept: "application/json" }, ...more, signal: signals });
  } catch (error) {
    if (signal?.aborted) throw error;
    if (patience.aborted) throw new Failure(`No answer within ${PATIENCE / 1000} s`);
    throw new Failure(navigator.onLine ? "The server cannot be reached" : "This device is offline");
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(`HTTP ${response.status} without a readable answer`, { wait: 10 });
  }
}

function remember(path, headers) {
  const now = /r=(\d+);\s*t=(\d+)/.exec(headers.get("RateLimit") ?? "");
  const policy = /q=(\d+)/.exec(headers.get("RateLimit-Policy") ?? "");
  if (!now || !policy) return;
  quotas.set(named(path), {
    most: Number(policy[1]), left: Number(now[1]), resets: Date.now() + Number(now[2]) * 1000,
  });
}

function refused(path, response, body) {
  const wait = Number(response.headers.get("Retry-After")) || body?.error?.retryAfter || 0;
  if (response.status === 429) {
    closed.set(named(path), Date.now() + (wait || 60) * 1000);
    return spent(wait || 60);
  }
  const { code = "", message = `HTTP ${response.status}`, details = {} } = body?.error ?? {};
  return new Failure(message, { code, details, wait, isFinal: FINAL.includes(response.status) && code !== "FEATURE_DISABLED" });
}

const spent = (wait) => new Failure("The quota of this minute is spent", { code: "RATE_LIMITED", wait });

function freshness(headers, body) {
  const age = Number(headers.get("Age") ?? body.meta?.ageSeconds ?? 0);
  const again = /stale-while-revalidate=(\d+)/.exec(headers.get("Cache-Control") ?? "");
  const lifetime = again ? Number(again[1]) : null;
  const stale = body.meta?.stale === true || /detail=stale/.test(headers.get("Cache-Status") ?? "");
  return { made: Date.now() - age * 1000, lifetime, stale, source: headers.get("X-Data-Source") };
}

const named = (path) => new URL(path, location.href).pathname;
