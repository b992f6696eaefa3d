// Prices over the stream, for the rows that a user sees.

import { follow, isStreamed } from "./stream.js";

const QUIET = 120_000; // after which a row is old, and a request confirms what the stream has not spoken of
const BETWEEN = 60_000; // two such requests

/**
 * Follows the prices of coins while their rows are in view. It calls `priced` with a coin in US dollars when its
 * price is told, and `unsure` when a request is needed.
 */
export class LivePrices {
  #calls;
  #leave = new Map();
  #heard = new Map();
  #rows = new Map();
  #known = 0;
  #asked = 0;
  #watch = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "60px" });

  constructor(calls) {
    this.#calls = calls;
    setInterval(() => this.#confirm(), 5_000);
  }

  /** Follows the coin of a row from the time when it is in view. */
  add(row, symbol) {
    row.dataset.symbol = symbol;
    this.#rows.set(symbol, row);
    this.#watch.observe(row);
  }

  /** Whether the stream tells the prices of all rows in view. */
  get isLive() {
    return isStreamed() && [...this.#leave.keys()].every((symbol) => isStreamed(channel(symbol)));
  }

  /** When the last price has come (milliseconds), 0 before the first one. */
  get newest() {
    return Math.max(0, ...this.#heard.values());
  }

  /** Notes that a request has told the prices of all coins. */
  confirmed(made) {
    this.#known = made;
    for (const [symbol, heard] of this.#heard) this.#heard.set(symbol, Math.max(heard, made));
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const { symbol } = target.dataset;
      if (isIntersecting && !this.#leave.has(symbol)) {
        this.#heard.set(symbol, this.#known);
        this.#leave.set(symbol, follow(channel(symbol), (message) => this.#take(symbol, message)));
      } else if (!isIntersecting) {
        this.#leave.get(symbol)?.();
        this.#leave.delete(symbol);
        this.#heard.delete(symbol);
      }
    }
  }

  #take(symbol, message) {
    if (message.type === "reset") this.#calls.unsure();
    if (message.type !== "price" || message.data.priceUsd === null) return;
    this.#heard.set(symbol, message.heard);
    this.#calls.priced(inDollars(message.data));
  }

  #confirm() {
    const now = Date.now();
    const isOld = (symbol) => this.isLive && this.#heard.get(symbol) < now - QUIET;
    for (const [symbol, row] of this.#rows) row.toggleAttribute("data-old", isOld(symbol));
    if (document.hidden || now < this.#asked + BETWEEN || ![...this.#heard.keys()].some(isOld)) return;
    this.#asked = now;
    this.#calls.unsure();
  }
}

const channel = (symbol) => `prices:${symbol}`;

/** Returns a row of the stream, whose sources are in tether, as one in US dollars. */
function inDollars(row) {
  const rate = row.priceUsd / row.price;
  return {
    ...row, price: row.priceUsd, sources: row.sources.map((source) => ({ ...source, price: source.price * rate })),
  };
}
