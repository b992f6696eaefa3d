// The coins that a user has starred, kept in this browser, and the switch that shows them alone.

import { browser } from "./memory.js";
import { looked, onReturn, stay } from "./place.js";

const KEY = "favourites";
const ONLY = "favourites";

/** The favourites of the table in `panel`. `changed` is called when other rows are wanted. */
export class Favourites {
  #coins = new Set(kept());
  #only;
  #switch;
  #changed;

  constructor(panel, changed) {
    this.#changed = changed;
    this.#switch = panel.querySelector("[data-only]");
    this.#switch.addEventListener("click", () => {
      stay({ only: this.#only ? "" : ONLY });
      this.#look();
    });
    onReturn(() => this.#look());
    this.#look();
  }

  /** Makes `button` the star of `symbol`. */
  add(button, symbol) {
    const show = () => {
      button.setAttribute("aria-pressed", String(this.#coins.has(symbol)));
      button.setAttribute("aria-label", `Favourite ${symbol}`);
    };
    button.addEventListener("click", () => {
      if (!this.#coins.delete(symbol)) this.#coins.add(symbol);
      browser.remember(KEY, [...this.#coins]);
      show();
      this.#changed();
    });
    show();
  }

  /** Returns whether the row of `symbol` is shown. */
  isWanted(symbol) {
    return !this.#only || this.#coins.has(symbol);
  }

  #look() {
    this.#only = looked().only === ONLY;
    this.#switch.setAttribute("aria-pressed", String(this.#only));
    this.#changed();
  }
}

function kept() {
  const coins = browser.recall(KEY);
  return Array.isArray(coins) ? coins : [];
}
