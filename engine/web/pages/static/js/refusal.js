// Says why a market could not be shown, above the one that stays on show.

import { write } from "./freshness.js";
import { inWords } from "./reasons.js";

/** The reason of a refused interval. */
export const NO_INTERVAL = "there is no such interval";

/** Says in `panel` why `name` was refused. */
export function refuse(panel, name, failure) {
  const note = panel.querySelector("[data-refused]");
  note.hidden = false;
  write(note, `${name} cannot be shown: ${inWords(failure).replace(`${name}: `, "")}.`);
}

/** Says no more of it. */
export function accept(panel) {
  panel.querySelector("[data-refused]").hidden = true;
}
