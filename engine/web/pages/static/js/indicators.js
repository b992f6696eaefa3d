// The menu of indicators: loads the chosen ones from /api/indicators, follows them over the stream, and has them drawn
// over and under the candles.

import { Failure, get } from "./api.js";
import { write } from "./freshness.js";
import { tab } from "./memory.js";
import { inWords } from "./reasons.js";
import { follow } from "./stream.js";

const KEY = "indicators";
const MOST = 10; // so many count as one request of the quota

/**
 * Starts the menu in `panel`. `lines` draws, and `market` returns the `symbol`, its `pair` of the
 * stream, `interval` and `limit` on show.
 * Returns `load` for new candles, and `clear` for those of another market.
 */
export function startIndicators(panel, lines, market) {
  const menu = panel.querySelector("[data-indicators]");
  const form = menu.querySelector("form");
  const said = panel.querySelector("[data-indicator-note]");
  const chosen = new Set(tab.recall(KEY) ?? []);
  let known;
  let asking = new AbortController();
  let rows = [];
  let leaving = [];

  /** Loads the chosen indicators and draws them. Returns the failure, if there is one. */
  async function load() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    write(menu.querySelector("[data-count]"), chosen.size ? ` (${chosen.size})` : "");
    if (!chosen.size) {
      leave();
      lines.clear();
      say("");
      return undefined;
    }
    try {
      known ??= await list(signal);
      const { symbol, interval, limit } = market();
      const names = encodeURIComponent([...chosen].join(","));
      const { body } = await get(`/api/indicators?symbol=${encodeURIComponent(symbol)}&interval=${interval}&limit=${limit}&indicators=${names}`, signal);
      signal.throwIfAborted();
      rows = body.data;
      draw();
      watch();
      say(cold(body.meta.warmup));
      return undefined;
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      if (!(error instanceof Failure)) throw error;
      leave();
      lines.clear();
      say(`Indicators: ${inWords(error)}`);
      return error;
    }
  }

  const draw = () => lines.show([...chosen].map((key) => ({ key, ...known.get(base(key)) })), rows);

  /** Follows what is chosen: the stream has the values of each closed candle. */
  function watch() {
    leave();
    const { pair, interval } = market();
    const told = new Map();
    leaving = [...chosen].map((key) => follow(`indicators:${pair}:${interval}:${key}`, ({ type, data }) => {
      if (type !== "indicator") return;
      const row = { ...told.get(data.timestamp), ...data };
      told.clear(); // an older candle comes no more
      told.set(data.timestamp, row);
      if ([...chosen].every((each) => each in row)) join(row);
    }));
  }

  function join(row) {
    if (row.timestamp < (rows.at(-1)?.timestamp ?? Infinity)) return;
    rows = [...rows.filter((each) => each.timestamp < row.timestamp), row];
    draw();
  }

  function leave() {
    for (const each of leaving) each();
    leaving = [];
  }

  /** Fills the menu when it is opened for the first time. */
  async function open() {
    if (!menu.open || menu.querySelector("input[type=checkbox]")) return;
    try {
      known ??= await list();
      for (const row of known.values()) offer(row.defaults, row.title, row.overlay);
      for (const key of chosen) if (!entry(key)) offer(key, known.get(base(key))?.title ?? key, known.get(base(key))?.overlay);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(`Indicators: ${inWords(error)}`);
    }
  }

  function offer(key, title, overlay) {
    const item = menu.querySelector("[data-item]").content.firstElementChild.cloneNode(true);
    const box = item.querySelector("input");
    box.value = key;
    box.checked = chosen.has(key);
    item.querySelector("span").textContent = title;
    item.querySelector("code").textContent = key;
    menu.querySelector(overlay ? "[data-over]" : "[data-under]").append(item);
    return box;
  }

  const entry = (key) => [...menu.querySelectorAll("input[type=checkbox]")].find((each) => each.value === key);

  /** Draws what is chosen now. A name that the engine refuses is not chosen. */
  async function choose(key, isOn) {
    chosen.delete(key);
    if (isOn) chosen.add(key);
    const failure = await load();
    if (isOn && failure?.code === "INVALID_INDICATOR") {
      chosen.delete(key);
      entry(key).closest("label").remove();
      await load();
      say(`Indicators: ${inWords(failure)}`);
    }
    tab.remember(KEY, [...chosen]);
  }

  function say(text) {
    said.hidden = !text;
    write(said, text);
  }

  menu.addEventListener("toggle", open);
  menu.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox") return;
    if (target.checked && chosen.size >= MOST) {
      target.checked = false;
      return say(`At most ${MOST} indicators are shown at once`);
    }
    choose(target.value, target.checked);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = form.elements.name.value.trim().toLowerCase();
    if (!known?.has(base(key))) return say(`Indicators: ${key || "nothing"} is unknown`);
    const box = entry(key) ?? offer(key, known.get(base(key)).title, known.get(base(key)).overlay);
    form.reset();
    if (!box.checked) box.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open || !menu.contains(document.activeElement)) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return {
    load,
    clear() {
      asking.abort();
      leave();
      lines.clear();
    },
  };
}

/** Loads what indicators there are, by name. `defaults` is the name with the default of each parameter. */
async function list(signal) {
  const { body } = await get("/api/indicators/list", signal);
  return new Map(body.data.map((row) => [
    row.name, { ...row, defaults: [row.name, ...row.parameters.map((each) => each.default)].join(":") },
  ]));
}

const base = (key) => key.split(":")[0];

/** Names the indicators whose newest value still depends on where the calculation began. */
function cold(warmup) {
  return Object.entries(warmup)
    .filter(([, { stable }]) => stable === false)
    .map(([key, { used, needed }]) => `${key} is not stable yet: it rests on ${used} of ${needed} candles`)
    .join("; ");
}

