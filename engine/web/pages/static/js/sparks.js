// Draws the last day beside each price from candles, which are loaded only for visible rows.

import { Failure, get, quotaOf } from "./api.js";
import { ago, direction, moment, price } from "./format.js";
import { recall, remember } from "./memory.js";
import { explain } from "./tips.js";

const PATH = "/api/ohlcv";
const AT_ONCE = 3;
const RESERVE = 1 / 3; // of the quota is left to the chart, and to other users of the same address
const LEAST = 60_000;
const SOON = 10_000; // the engine is refreshing a stale line
const AGAIN = 60_000;
const HOURS = 24;
const [WIDTH, HEIGHT] = [96, 24];

/** The lines in a table's cells. They are kept, and loaded again only while visible. */
export class Sparks {
  #seen = new Map();
  #kept = new Map();
  #asked = new Set();
  #watch = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "40px" });

  constructor() {
    setInterval(() => this.#pump(), 5000);
    document.addEventListener("visibilitychange", () => this.#pump());
  }

  /** Draws the line of `symbol` in `cell` once it is visible. */
  add(cell, symbol) {
    cell.dataset.symbol = symbol;
    explain(cell, () => this.#lines(symbol));
    const line = recall(key(symbol));
    if (line) this.#kept.set(symbol, { line, due: fresh(line) });
    this.#watch.observe(cell);
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const { symbol } = target.dataset;
      if (isIntersecting) this.#seen.set(symbol, target);
      else this.#seen.delete(symbol);
      if (isIntersecting) this.#draw(symbol);
    }
    this.#pump();
  }

  #pump() {
    if (document.hidden) return;
    for (const symbol of this.#seen.keys()) {
      if (this.#asked.size >= AT_ONCE || !hasRoom(this.#asked.size)) return;
      const due = this.#kept.get(symbol)?.due ?? 0;
      if (!this.#asked.has(symbol) && Date.now() >= due) this.#ask(symbol);
    }
  }

  async #ask(symbol) {
    this.#asked.add(symbol);
    try {
      const line = lineOf(await get(`${PATH}?symbol=${symbol}&interval=1h&limit=50`));
      const wasStale = this.#kept.get(symbol)?.line?.stale;
      const least = line.stale && !wasStale ? SOON : LEAST;
      this.#kept.set(symbol, { line, due: Math.max(fresh(line), Date.now() + least) });
      remember(key(symbol), line);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const due = Date.now() + Math.max(AGAIN, error.wait * 1000);
      this.#kept.set(symbol, { ...this.#kept.get(symbol), failure: error.message, due });
    } finally {
      this.#asked.delete(symbol);
    }
    this.#draw(symbol);
    this.#pump();
  }

  #draw(symbol) {
    const cell = this.#seen.get(symbol);
    const { line, failure } = this.#kept.get(symbol) ?? {};
    if (!cell || (!line && !failure)) return;
    cell.dataset.state = !line ? "failed" : isStale(line) ? "stale" : "fresh";
    const svg = cell.querySelector("svg");
    const closes = line?.closes ?? [];
    const [first, last] = [closes[0], closes.at(-1)];
    svg.setAttribute("class", direction((last / first - 1) * 100));
    svg.querySelector("path").setAttribute("d", outline(closes));
    svg.setAttribute("aria-label", line
      ? `From ${price(first)} to ${price(last)} in ${closes.length - 1} hours` : failure);
  }

  #lines(symbol) {
    const { line, failure } = this.#kept.get(symbol) ?? {};
    const why = failure ? [["Failed", failure]] : [];
    if (!line) return failure ? why : ["Not loaded yet"];
    return [
      [`${line.market}, hourly closes`, String(line.closes.length)],
      ["Lowest", price(Math.min(...line.closes))],
      ["Highest", price(Math.max(...line.closes))],
      ["Source", line.source],
      [isStale(line) ? "Stale, data of" : "Data of", `${moment(line.made)}, ${ago(line.made)}`],
      ...why,
    ];
  }
}

const key = (symbol) => `line/${symbol}`;

/** Returns what is kept of an answer with candles. */
function lineOf({ body, made, lifetime, stale }) {
  const closes = body.data.slice(-HOURS - 1).map((candle) => candle.close);
  return { closes, market: body.symbol, source: body.source, made, lifetime: lifetime ?? 0, stale };
}

const fresh = ({ made, lifetime }) => made + lifetime * 1000;
const isStale = (line) => line.stale || Date.now() > fresh(line) + line.lifetime * 1000;

/** Returns whether the quota allows one more call beside `waiting` ones. */
function hasRoom(waiting) {
  const quota = quotaOf(PATH);
  return !quota || quota.left - waiting > quota.most * RESERVE;
}

/** Returns an SVG path through `values`, the lowest at the bottom. */
export function outline(values) {
  if (values.length < 2) return "";
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const points = values.map((value, index) => [
    (index / (values.length - 1)) * WIDTH,
    HEIGHT - 2 - ((value - least) / span) * (HEIGHT - 4),
  ]);
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
}
