// A panel: it asks, shows what came, and says how fresh that is.

import { Failure, quotaOf } from "./api.js";
import { Freshness } from "./freshness.js";
import { Poll, pause, retreat } from "./poll.js";

const CHANGED = 1; // second: who stopped it asks for something else soon

/**
 * Keeps a panel up to date. `ask` gets an answer, `show` shows it; asked again after `least` to `most` seconds,
 * as the answer's age and the quota allow. `lost` is told where nothing came. Says its `freshness`, and can be told to ask `now`.
 */
export function keep(panel, { name, source, ask, show, lost, least, most }) {
  const freshness = new Freshness(panel, name, source);
  let failures = 0;
  let tries = 0;

  async function turn() {
    try {
      const answer = await ask();
      show(answer);
      freshness.arrived({ ...answer, lifetime: answer.lifetime ?? most });
      failures = 0;
      tries = answer.stale ? tries + 1 : 0;
      return pause(answer, { least, most, tries: tries - 1, quota: quotaOf(source) });
    } catch (error) {
      if (error.name === "AbortError") return CHANGED;
      if (!(error instanceof Failure)) throw error;
      failures += 1;
      const wait = error.code === "FEATURE_DISABLED" ? 600 : retreat(failures, error.wait);
      freshness.failed(error, wait);
      lost?.();
      return wait;
    }
  }

  const poll = new Poll(turn).start();
  return { freshness, now: () => poll.now() };
}
