// Asking again and again: no sooner than it makes sense, more slowly while it fails, never in a hidden tab.

const PATIENT = [2, 4, 8, 15, 30, 60];
const SOON = [2, 4, 8, 15, 30];
const SPARE = 5;

/**
 * Seconds until an answer is worth asking for anew: when it has outlived its time, between `least` and
 * `most`. A stale one is being refreshed, so it is asked for soon, `tries` stale ones in a row more slowly.
 */
export function pause(answer, { least, most, tries, quota }) {
  const left = (answer.lifetime ?? 0) - (Date.now() - answer.made) / 1000;
  const wanted = answer.stale
    ? SOON[Math.min(tries, SOON.length - 1)]
    : Math.min(most, Math.max(least, left + 1));
  const resets = quota && quota.left <= SPARE ? (quota.resets - Date.now()) / 1000 : 0;
  return Math.max(wanted, resets);
}

/** Seconds to wait after `failures` in a row, the last of which asked for `wait`. */
export const retreat = (failures, wait) =>
  Math.max(wait, PATIENT[Math.min(failures, PATIENT.length) - 1]);

/** Takes turns: `turn` answers with the seconds until the next one. */
export class Poll {
  #turn;
  #timer;
  #due = 0;
  #busy = false;
  #asked = false;

  constructor(turn) {
    this.#turn = turn;
  }

  /** Begin, now or when the page is looked at. */
  start() {
    document.addEventListener("visibilitychange", () => this.#plan());
    addEventListener("online", () => this.now());
    this.#plan();
    return this;
  }

  /** Take a turn now; where one is being taken, another one after it. */
  now() {
    this.#asked = this.#busy;
    this.#due = 0;
    this.#plan();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#busy) return;
    this.#timer = setTimeout(() => this.#take(), Math.max(0, this.#due - Date.now()));
  }

  async #take() {
    this.#busy = true;
    let seconds = PATIENT.at(-1);
    try {
      seconds = await this.#turn();
    } finally {
      this.#busy = false;
      this.#due = this.#asked ? 0 : Date.now() + seconds * 1000;
      this.#asked = false;
      this.#plan();
    }
  }
}
