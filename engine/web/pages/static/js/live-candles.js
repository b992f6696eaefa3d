// The candles of one series, from requests and from the stream together.

import { moment } from "./format.js";
import { Running } from "./running.js";
import { follow, isStreamed } from "./stream.js";

/**
 * Follows one series at a time. It calls `changed` with the rows and with "last" or "some", what has changed of
 * them, `unsure` when a request is needed, and `told` when its note changes.
 */
export class LiveCandles {
  #calls;
  #running = new Running("1h");
  #channel;
  #leave = () => {};
  #source;
  #quote;
  #change;
  #stale;
  #heard;

  constructor(calls) {
    this.#calls = calls;
  }

  /** Begins a series of the stream; `interval` is the engine's name. */
  watch(market, interval) {
    const channel = `candles:${market}:${interval}`;
    if (channel === this.#channel) return;
    this.stop();
    this.#channel = channel;
    this.#running = new Running(interval);
    this.#leave = follow(channel, (message) => this.#take(message));
  }

  /** Forgets the series. */
  stop() {
    this.#leave();
    this.#leave = () => {};
    this.#running = new Running("1h");
    this.#channel = this.#source = this.#quote = this.#change = this.#stale = this.#heard = undefined;
  }

  /** Whether the stream tells every change, and nothing is missing before it. */
  get isLive() {
    return this.#isHeard() && !this.#running.isIncomplete;
  }

  /** Whether a request has to fill what the stream could not tell. */
  get isIncomplete() {
    return this.#running.isIncomplete;
  }

  /** What the stream says about the age of the newest candle: undefined before its first message. */
  get freshness() {
    if (!this.#isHeard()) return undefined;
    return { made: this.#stale ?? this.#heard, stale: this.#stale !== undefined };
  }

  /** Says who serves the stream, and in which currency if it is not `quote`. */
  note(quote) {
    if (!this.#isHeard()) return "";
    const currency = !quote || quote === this.#quote ? "" : ` in ${this.#quote}`;
    return [`live from ${this.#source}${currency}`, this.#change].filter(Boolean).join(" ");
  }

  /** Joins the rows of a request, of `made` (milliseconds), and returns all. */
  join(rows, made) {
    return this.#running.join(rows, made);
  }

  /** Adds older rows, and returns all. */
  prepend(rows) {
    return this.#running.prepend(rows);
  }

  #isHeard() {
    return this.#channel !== undefined && this.#heard !== undefined && isStreamed(this.#channel);
  }

  #take(message) {
    if (message.type === "reset") return this.#calls.unsure();
    if (message.type === "error") return undefined; // requests go on
    const { isIncomplete } = this.#running;
    if (message.type === "source") {
      this.#source = message.to;
      this.#quote = message.quote;
      this.#change = `since ${moment(message.heard)}, ${why(message)}`;
    }
    if (message.type === "stale") this.#stale = message.heard - message.ageSeconds * 1000;
    if (message.data) {
      this.#heard = message.heard;
      this.#source = message.source;
      this.#quote = message.quote;
      this.#stale = undefined;
    }
    const changed = message.data || message.type === "gap" ? this.#running.take(message) : "";
    if (changed) this.#calls.changed(this.#running.rows, changed);
    this.#calls.told();
    if (this.#running.isIncomplete && !isIncomplete) this.#calls.unsure();
    return undefined;
  }
}

function why({ from, to, reason }) {
  if (reason === "recovered") return `because ${to} is back`;
  return `because ${from} ${reason === "silent" ? "fell silent" : "was lost"}`;
}
