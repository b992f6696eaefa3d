// The choice of a coin and an interval: a list, to which other coins can be added, and one button for each interval.

/** The choice in `panel`. `changed` is called when a user makes another one. */
export class Choice {
  #coins;
  #intervals;

  constructor(panel, changed) {
    this.#coins = panel.querySelector("[data-coin]");
    this.#intervals = [...panel.querySelectorAll("[data-intervals] input")];
    for (const each of [this.#coins, ...this.#intervals]) each.addEventListener("change", changed);
  }

  /** The name of the coin in requests. */
  get coin() {
    return this.#coins.value;
  }

  /** The code of the coin for people. */
  get code() {
    return this.#coins.selectedOptions[0].text.split(" · ")[0];
  }

  /** The chosen interval. */
  get interval() {
    return this.#intervals.find((each) => each.checked).value;
  }

  /** Chooses a coin and an interval; what is undefined stays. `text` is shown for a coin that the list lacks. */
  set({ coin, interval }, text = coin) {
    if (coin && ![...this.#coins.options].some((each) => each.value === coin)) this.#coins.append(new Option(text, coin));
    if (coin) this.#coins.value = coin;
    const button = this.#intervals.find((each) => each.value === interval);
    if (button) button.checked = true;
  }
}
