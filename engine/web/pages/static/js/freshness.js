// Shows how fresh a panel is: in its head, by its style, and aloud when it fails or recovers.

import { announce } from "./announce.js";
import { ago, duration, moment } from "./format.js";
import { inWords } from "./reasons.js";
import { explain } from "./tips.js";

const all = new Set();

/** The freshness of one panel. `name` is what it shows, `source` the path of its data. */
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
    this.update();
  }

  /** Forgets the answer, because the panel will show something else. */
  forget() {
    this.#answer = this.#failure = undefined;
    this.#state = "loading";
    this.update();
  }

  /**
   * Notes a new answer, which is stale twice its `lifetime` (seconds) after it was made. While `live()` is true, the
   * stream would tell any change, so that it is stale only if it says so.
   */
  arrived(answer) {
    this.#answer = answer;
    this.#failure = undefined;
    this.update();
  }

  /** Notes a failure, and that the next try follows in `wait` seconds; `Infinity` for none. */
  failed(failure, wait) {
    this.#failure = failure;
    this.#again = Date.now() + wait * 1000;
    this.update();
  }

  /** Returns lines about the source and the age of the numbers. */
  lines() {
    const lines = [["Endpoint", this.#source]];
    if (this.#answer) {
      lines.push(["Data of", `${moment(this.#answer.made)}, ${ago(this.#answer.made)}`]);
      lines.push(this.#isLive() ? ["Live", "over the stream"] : ["Fresh for", duration(this.#answer.lifetime)]);
      if (this.#isStale()) lines.push(["Stale since", moment(this.#staleSince())]);
    }
    if (this.#failure) lines.push(["Failed", `${inWords(this.#failure)}${this.#next("; next try ").replace(/\.$/, "")}`]);
    return lines;
  }

  /** Updates the panel to the current time. */
  update() {
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
    if (state === "off") return "Disabled";
    if (state === "failed") return "No data";
    if (state === "stale") return `Stale since ${moment(this.#staleSince())}`;
    if (this.#failure) return `${ago(this.#answer.made)}, retrying`;
    return this.#isLive() ? `Live, ${ago(this.#answer.made)}` : ago(this.#answer.made);
  }

  #isLive() {
    return this.#answer?.live?.() === true;
  }

  #complain() {
    const problem = this.#panel.querySelector("[data-problem]");
    problem.hidden = !this.#failure;
    if (!this.#failure) return;
    write(problem, this.#isOff()
      ? `${this.#name} are disabled on this server.`
      : [`${inWords(this.#failure)}.`, this.#next("Next try ")].filter(Boolean).join(" "));
  }

  #isStale() {
    const { stale, lifetime } = this.#answer;
    return stale || (!this.#isLive() && Date.now() >= this.#answer.made + 2 * lifetime * 1000);
  }

  #isOff() {
    return this.#failure.code === "FEATURE_DISABLED";
  }

  #staleSince() {
    return Math.min(Date.now(), this.#answer.made + this.#answer.lifetime * 1000);
  }

  /** Says when the next try is: nothing if there is none. */
  #next(words) {
    if (this.#again === Infinity) return "";
    const left = (this.#again - Date.now()) / 1000;
    return `${words}${left > 1 ? `in ${duration(left)}` : "now"}.`;
  }
}

/** Writes only changed text, so that nothing flickers and selections stay. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

setInterval(() => {
  if (!document.hidden) for (const each of all) each.update();
}, 1000);
