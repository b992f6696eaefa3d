// Polls: no sooner than useful, more slowly while calls fail, and never in a hidden tab.

const PATIENT = [2, 4, 8, 15, 30, 60];
const SOON = [2, 4, 8, 15, 30];
const SPARE = 5;

/**
 * Returns the seconds until the next load: when the answer's lifetime ends, between `least` and `most`. The engine
 * is refreshing a stale answer, so the next load follows soon, and more slowly after `tries` stale ones in a row.
 */
export function pause(answer, { least, most, tries, quota }) {
  const left = (answer.lifetime ?? 0) - (Date.now() - answer.made) / 1000;
  const wanted = answer.stale
    ? SOON[Math.min(tries, SOON.length - 1)]
    : Math.min(most, Math.max(least, left + 1));
  const resets = quota && quota.left <= SPARE ? (quota.resets - Date.now()) / 1000 : 0;
  return Math.max(wanted, resets);
}

/** Returns the seconds to wait after `failures` in a row, the last of which required `wait`. */
export const retreat = (failures, wait) =>
  Math.max(wait, PATIENT[Math.min(failures, PATIENT.length) - 1]);

/** Repeats `turn`, which returns the seconds until the next one, or `Infinity` for none. */
export class Poll {
  #turn;
  #timer;
  #due = 0;
  #busy = false;
  #asked = false;

  constructor(turn) {
    this.#turn = turn;
  }

  /** Starts, now or when the page becomes visible. */
  start() {
    document.addEventListener("visibilitychange", () => this.#plan());
    addEventListener("online", () => {
      if (this.#due !== Infinity) this.now();
    });
    this.#plan();
    return this;
  }

  /** Takes a turn now, or another one after the current turn. */
  now() {
    this.#asked = this.#busy;
    this.#due = 0;
    this.#plan();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#busy || this.#due === Infinity) return;
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
