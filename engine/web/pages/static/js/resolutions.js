// The resolutions of a UDF feed: one button for each.

import * as udf from "./udf.js";

const USUAL = "60";

/** The buttons in `panel`. `changed` is called when a user chooses another one. */
export class Resolutions {
  #box;
  #template;
  #wish;

  constructor(panel, wish, changed) {
    this.#box = panel.querySelector("[data-intervals]");
    this.#template = panel.querySelector("[data-interval]");
    this.#wish = wish;
    this.#box.addEventListener("change", changed);
  }

  /** The chosen resolution, or the wanted one before the feed has told its own. */
  get chosen() {
    return this.#box.querySelector("input:checked")?.value ?? this.#wish ?? USUAL;
  }

  /** Chooses a resolution, by the feed's name or the one for people. */
  set chosen(wish) {
    this.#wish = wish;
    const found = this.#find(wish) ?? this.#find(USUAL) ?? this.#box.querySelector("input");
    if (found) found.checked = true;
  }

  /** Returns whether there is such a resolution, which there may be until the feed has told its own. */
  has(wish) {
    return !this.#box.querySelector("input") || this.#find(wish) !== undefined;
  }

  #find(wish) {
    const inputs = [...this.#box.querySelectorAll("input")];
    return inputs.find(({ value }) => value === wish || udf.spoken(value) === wish);
  }

  /** Offers those of the feed. */
  offer(supported) {
    for (const each of supported) {
      const label = this.#template.content.firstElementChild.cloneNode(true);
      label.querySelector("input").value = each;
      label.querySelector("span").textContent = udf.spoken(each);
      this.#box.append(label);
    }
    this.chosen = this.#wish;
  }
}
