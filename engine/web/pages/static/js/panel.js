// A panel: loads its data, shows it, and shows how fresh it is.

import { Failure, quotaOf } from "./api.js";
import { Freshness } from "./freshness.js";
import { Poll, pause, retreat } from "./poll.js";
import { onStream } from "./stream.js";

const CHANGED = 1; // second: the next load follows soon
const CALM = 600; // seconds between two loads of what the stream tells

/**
 * Keeps a panel up to date. `ask` loads an answer and `show` shows it, again after `least` to `most` seconds,
 * depending on the answer's age and the quota. While `live()` is true the stream tells changes, so that this is
 * seldom needed. `lost` is called after a failure. `also` are other panels of the same answer, each with its `name`.
 * Returns the `freshness`, and `now` to load at once.
 */
export function keep(panel, { name, source, ask, show, lost, least, most, also = [], live = () => false, calm = CALM }) {
  const freshness = new Freshness(panel, name, source);
  const all = [freshness, ...also.map((other) => new Freshness(other.panel, other.name, source))];
  let failures = 0;
  let tries = 0;
  let isCalm = false;

  async function turn() {
    try {
      const answer = await ask();
      show(answer);
      for (const each of all) each.arrived({ live, ...answer, lifetime: answer.lifetime ?? most });
      failures = 0;
      tries = answer.stale ? tries + 1 : 0;
      const wait = pause(answer, { least, most, tries: tries - 1, quota: quotaOf(source) });
      isCalm = live() && !answer.stale;
      return isCalm ? Math.max(calm, wait) : wait;
    } catch (error) {
      if (error.name === "AbortError") return CHANGED;
      if (!(error instanceof Failure)) throw error;
      failures += 1;
      const wait = error.isFinal ? Infinity : error.code === "FEATURE_DISABLED" ? 600 : retreat(failures, error.wait);
      for (const each of all) each.failed(error, wait);
      lost?.();
      return wait;
    }
  }

  const poll = new Poll(turn).start();
  onStream((isThere) => {
    if (!isThere && isCalm) poll.now();
  });
  return { freshness, now: () => poll.now() };
}
