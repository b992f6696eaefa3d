// The first answers of all panels, from one request, each as soon as it has arrived.

import { Failure, get, getLines, unpacked } from "./api.js";

const PATH = "/board";
const LINES = "lines";
const used = new Set();
let parts;

/**
 * Gets the answer at `path` as `get` does, with those of the other panels where nothing of it has been shown yet.
 */
export async function getFirst(path, signal) {
  const { pathname } = new URL(path, location.href);
  if (used.has(pathname)) return get(path, signal);
  const part = await arrival(pathname);
  used.add(pathname);
  return part ? unpacked(path, part) : get(path, signal);
}

/** Gets the last hourly closes of each coin: with the first answers of all panels, later alone. */
export async function getClosesOfDay() {
  const alone = used.has(LINES) ? request([LINES]) : undefined;
  const part = await (alone ? alone.get(LINES) : arrival(LINES));
  used.add(LINES);
  if (!part) throw new Failure("No closes have arrived");
  return unpacked(PATH, part).body.data;
}

/** Returns a promise of a part, undefined where the answer lacks it. All callers share one request. */
function arrival(name) {
  parts ??= request([]);
  return parts.get(name);
}

function request(names) {
  const path = names.length ? `${PATH}?parts=${names}` : PATH;
  const arrivals = new Map();
  const expected = new Map(["/api/prices", "/api/market/overview", "/api/sentiment", "/api/news", LINES].map(
    (name) => [name, new Promise((resolve, reject) => arrivals.set(name, { resolve, reject }))],
  ));
  for (const promise of expected.values()) promise.catch(() => {}); // those that wait for it are told
  getLines(path, (part) => arrivals.get(part.part)?.resolve(part)).then(
    () => arrivals.forEach(({ resolve }) => resolve(undefined)),
    (error) => {
      parts = undefined; // the next try asks again
      arrivals.forEach(({ reject }) => reject(error));
    },
  );
  return expected;
}
