// How fresh a panel is: in its head, in its looks, and aloud when it goes wrong or right again.

import { announce } from "./announce.js";
import { ago, duration, moment } from "./format.js";
import { explain } from "./tips.js";

const all = new Set();

/** The freshness of one panel. `name` is what it shows, `source` the path that it asks. */
export class Freshness {
  #panel;
  #name;
  #source;
  #badge;
  #answer;
  #failure;
  #again = 0;
  #state = "loading";

  constructor(panel, name, source) {
    this.#panel = panel;
    this.#name = name;
    this.#source = source;
    this.#badge = panel.querySelector("[data-freshness]");
    explain(this.#badge, () => this.lines());
    all.add(this);
    this.tell();
  }

  /** Whatever was shown is gone; something else is asked for. */
  forget() {
    this.#answer = this.#failure = undefined;
    this.#state = "loading";
    this.tell();
  }

  /** An answer is shown; it is old twice its `lifetime` (seconds) after it was made. */
  arrived(answer) {
    this.#answer = answer;
    this.#failure = undefined;
    this.tell();
  }

  /** Nothing came, and it will be tried again in `wait` seconds. */
  failed(failure, wait) {
    this.#failure = failure;
    this.#again = Date.now() + wait * 1000;
    this.tell();
  }

  /** What to say about where the numbers are from and how old they are. */
  lines() {
    const lines = [["Asked at", this.#source]];
    if (this.#answer) {
      lines.push(["Data of", `${moment(this.#answer.made)}, ${ago(this.#answer.made)}`]);
      lines.push(["Fresh for", duration(this.#answer.lifetime)]);
      if (this.#isStale()) lines.push(["Stale since", moment(this.#outlived())]);
    }
    if (this.#failure) lines.push(["Failed", `${this.#failure.message}; next try ${this.#next()}`]);
    return lines;
  }

  /** Bring everything up to the moment. */
  tell() {
    const before = this.#state;
    const state = this.#judge();
    this.#state = state;
    if (this.#panel.dataset.state !== state) this.#panel.dataset.state = state;
    this.#panel.setAttribute("aria-busy", String(state === "loading"));
    write(this.#badge, this.#words(state));
    this.#complain();
    const worse = { stale: "are stale", failed: "cannot be shown" };
    if (state !== before && worse[state]) announce(`${this.#name} ${worse[state]}`);
    if (state === "fresh" && worse[before]) announce(`${this.#name} are up to date again`);
  }

  #judge() {
    if (!this.#answer) return this.#failure ? (this.#isOff() ? "off" : "failed") : "loading";
    return this.#isStale() ? "stale" : "fresh";
  }

  #words(state) {
    if (state === "loading") return "Loading";
    if (state === "off") return "Switched off";
    if (state === "failed") return "No data";
    if (state === "stale") return `Stale since ${moment(this.#outlived())}`;
    return this.#failure ? `${ago(this.#answer.made)}, retrying` : ago(this.#answer.made);
  }

  #complain() {
    const problem = this.#panel.querySelector("[data-problem]");
    problem.hidden = !this.#failure;
    if (!this.#failure) return;
    const reasons = Object.entries(this.#failure.details).map(([who, why]) => `${who}: ${why}`);
    const why = reasons.length ? ` (${reasons.join("; ")})` : "";
    write(problem, this.#isOff()
      ? `${this.#name} are switched off on this server.`
      : `${this.#failure.message}${why}. Next try ${this.#next()}.`);
  }

  #isStale() {
    const { stale, lifetime } = this.#answer;
    return stale || Date.now() >= this.#answer.made + 2 * lifetime * 1000;
  }

  #isOff() {
    return this.#failure.code === "FEATURE_DISABLED";
  }

  #outlived() {
    return Math.min(Date.now(), this.#answer.made + this.#answer.lifetime * 1000);
  }

  #next() {
    const left = (this.#again - Date.now()) / 1000;
    return left > 1 ? `in ${duration(left)}` : "now";
  }
}

/** Writes only what differs, so that nothing flickers and nothing selected is lost. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

setInterval(() => {
  if (!document.hidden) for (const each of all) each.tell();
}, 1000);
