// A field that finds things as a user types: a list under it, moved through with the arrow keys, as a WAI-ARIA combobox.

import { Failure } from "./api.js";
import { inWords } from "./reasons.js";

const SETTLED = 200;

/**
 * Starts the field in `box`. `find` returns a promise of rows with a `code`, a `name` and `more` text for what is
 * typed; `choose` is called with a row, and may return a promise. `other` is called with a text that was entered as it is, if it is given.
 */
export function startCombobox(box, { find, choose, other }) {
  const field = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  let rows = [];
  let active = -1;
  let typing;
  let asked = 0;

  const isOpen = () => !list.hidden;

  function close() {
    clearTimeout(typing);
    asked += 1; // an answer that is on its way is not wanted any more
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    const item = list.children[place];
    item?.scrollIntoView({ block: "nearest" });
    if (item?.id) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function show(found, said = "") {
    rows = found;
    list.replaceChildren(...found.map((row, place) => option(row, `${list.id}-${place}`)), ...(said ? [message(said)] : []));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(found.length && !other ? 0 : -1);
  }

  async function look() {
    const text = field.value.trim();
    asked += 1;
    const mine = asked;
    if (!text) return close();
    try {
      const found = await find(text);
      if (mine === asked) show(found, found.length ? "" : "Nothing is called so");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (mine === asked) show([], inWords(error));
    }
    return undefined;
  }

  async function pick(place) {
    const row = rows[place];
    const text = field.value.trim();
    close();
    try {
      if (row) await choose(row);
      else if (other && text) other(text);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      show([], inWords(error));
    }
  }

  function press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen() || other) pick(isOpen() ? active : -1);
    } else if (step && isOpen() && rows.length) {
      event.preventDefault();
      mark((active + step + rows.length + (active < 0 && step < 0 ? 1 : 0)) % rows.length);
    } else if (step) {
      look();
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(look, SETTLED);
  });
  field.addEventListener("keydown", press);
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) pick([...list.children].indexOf(item));
  });
}

function option({ code, name, more }, id) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  for (const [kind, text] of [["code", code], ["name", name], ["more", more]]) {
    if (!text) continue;
    const part = document.createElement("span");
    part.className = kind;
    part.textContent = text;
    item.append(part, " ");
  }
  return item;
}

function message(text) {
  const item = document.createElement("li");
  item.setAttribute("role", "presentation");
  item.className = "said";
  item.textContent = text;
  return item;
}
