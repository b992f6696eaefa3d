// Sorts the rows of a table by the column that a user chose, which is in the page's URL.

import { looked, onReturn, stay } from "./place.js";

const FIELDS = {
  rank: ({ rank }) => rank,
  coin: ({ symbol }) => symbol,
  price: ({ priceUsd }) => priceUsd,
  change1h: ({ change1h }) => change1h,
  change24h: ({ change24h }) => change24h,
  change7d: ({ change7d }) => change7d,
  volume24h: ({ volume24h }) => volume24h,
  marketCap: ({ marketCap }) => marketCap,
  sources: ({ sources, confidence }) => sources.length + confidence,
};
const RISING = ["rank", "coin"]; // these begin with the least, others with the most
const USUAL = { column: "rank", isRising: true };

/** The order of the rows in `table`, whose heads have a button for each column. `changed` is called for another order. */
export class Sorting {
  #heads;
  #changed;
  #column;
  #isRising;

  constructor(table, changed) {
    this.#changed = changed;
    this.#heads = [...table.querySelectorAll("th[data-sort]")];
    for (const head of this.#heads) head.addEventListener("click", () => this.#choose(head.dataset.sort));
    onReturn(() => this.#look());
    this.#look();
  }

  /** Returns `coins` in order; those whose figure is unknown come last. */
  order(coins) {
    const field = FIELDS[this.#column];
    const sign = this.#isRising ? 1 : -1;
    const isUnknown = (coin) => field(coin) === null || field(coin) === undefined;
    return coins.toSorted((one, other) => isUnknown(one) - isUnknown(other)
      || (isUnknown(one) ? 0 : sign * (field(one) > field(other) ? 1 : field(one) < field(other) ? -1 : 0)));
  }

  #choose(column) {
    const isRising = column === this.#column ? !this.#isRising : RISING.includes(column);
    const isUsual = column === USUAL.column && isRising === USUAL.isRising;
    stay({ sort: isUsual ? "" : `${isRising ? "" : "-"}${column}` });
    this.#look();
  }

  #look() {
    const [, falls, column] = /^(-?)(\w+)$/.exec(looked().sort ?? "") ?? [];
    const isKnown = Object.hasOwn(FIELDS, column ?? "");
    this.#column = isKnown ? column : USUAL.column;
    this.#isRising = isKnown ? !falls : USUAL.isRising;
    for (const head of this.#heads) {
      if (head.dataset.sort !== this.#column) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", this.#isRising ? "ascending" : "descending");
    }
    this.#changed();
  }
}
