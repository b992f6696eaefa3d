// Draws the last day beside each price from hourly closes, which one request has for all coins.

import { Failure } from "./api.js";
import { getClosesOfDay } from "./board.js";
import { ago, direction, moment, price } from "./format.js";
import { inWords } from "./reasons.js";
import { explain } from "./tips.js";

const LEAST = 60_000;
const SOON = 10_000; // the engine is refreshing a stale line
const [WIDTH, HEIGHT] = [96, 24];

/** The lines in a table's cells. They are loaded again only while one is visible. */
export class Sparks {
  #cells = new Map();
  #kept = new Map();
  #seen = new Set();
  #due = 0;
  #isAsking = false;
  #watch = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "40px" });

  constructor() {
    setInterval(() => this.#pump(), 5000);
    document.addEventListener("visibilitychange", () => this.#pump());
  }

  /** Draws the line of `symbol` in `cell`. */
  add(cell, symbol) {
    cell.dataset.symbol = symbol;
    explain(cell, () => this.#lines(symbol));
    this.#cells.set(symbol, cell);
    this.#watch.observe(cell);
    this.#draw(symbol);
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#seen.add(target);
      else this.#seen.delete(target);
    }
    this.#pump();
  }

  #pump() {
    if (document.hidden || !this.#seen.size || this.#isAsking || Date.now() < this.#due) return;
    this.#ask();
  }

  async #ask() {
    this.#isAsking = true;
    try {
      const rows = await getClosesOfDay();
      const before = [...this.#kept.values()].some(({ line }) => line?.stale);
      for (const row of rows) this.#keep(row);
      const lines = rows.filter((row) => !row.error);
      const least = !before && lines.some(({ stale }) => stale) ? SOON : LEAST;
      const left = Math.min(...lines.map(({ lifetime, ageSeconds }) => lifetime - ageSeconds), LEAST * 5);
      this.#due = Date.now() + Math.max(least, left * 1000);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      for (const symbol of this.#cells.keys()) this.#kept.set(symbol, { ...this.#kept.get(symbol), failure: inWords(error) });
      this.#due = Date.now() + Math.max(LEAST, error.wait * 1000);
    } finally {
      this.#isAsking = false;
    }
    for (const symbol of this.#cells.keys()) this.#draw(symbol);
  }

  #keep({ symbol, error, ageSeconds, ...line }) {
    const before = this.#kept.get(symbol);
    if (error) this.#kept.set(symbol, { ...before, failure: inWords(error) });
    else this.#kept.set(symbol, { line: { ...line, made: Date.now() - ageSeconds * 1000 } });
  }

  #draw(symbol) {
    const cell = this.#cells.get(symbol);
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

const isStale = ({ stale, made, lifetime }) => stale || Date.now() > made + 2 * lifetime * 1000;

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
