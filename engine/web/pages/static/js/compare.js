// Compares the chart with a second coin, which is in the page's URL: its candles from /api/ohlcv, and over the stream.

import { Failure, get } from "./api.js";
import { write } from "./freshness.js";
import { LiveCandles } from "./live-candles.js";
import { rowsOf } from "./ohlcv.js";
import { go, looked, onReturn, stay } from "./place.js";
import { inWords } from "./reasons.js";

/**
 * Starts the list of coins in `panel`. `line` draws, and `market` returns the `interval` and `limit` on show.
 * Returns `load` for new candles.
 */
export function startCompare(panel, line, market) {
  const coins = panel.querySelector("[data-compare]");
  const said = panel.querySelector("[data-compare-note]");
  const live = new LiveCandles({ changed: draw, told: () => {}, unsure: () => load() });
  let asking = new AbortController();
  let drawn = "";
  let unknown = "";

  async function load() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const [coin, { interval, limit }] = [coins.value, market()];
    if (!coin || drawn !== key()) line.clear();
    drawn = key();
    tell(unknown);
    if (!coin) return live.stop();
    live.watch(`${coin}USDT`, interval);
    try {
      const answer = await get(`/api/ohlcv?symbol=${coin}&interval=${interval}&limit=${limit}`, signal);
      signal.throwIfAborted();
      draw(live.join(rowsOf(answer.body), answer.made));
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      if (!(error instanceof Failure)) throw error;
      tell(`${coin} cannot be compared: ${inWords(error)}.`);
    }
    return undefined;
  }

  const key = () => `${coins.value} ${market().interval}`;

  function draw(rows) {
    line.show(coins.value, rows);
  }

  function tell(text) {
    said.hidden = !text;
    write(said, text);
  }

  /** Chooses what the URL says. A coin that the list lacks is said. */
  function choose() {
    const { compare = "" } = looked();
    const isKnown = [...coins.options].some((each) => each.value === compare);
    coins.value = isKnown ? compare : "";
    unknown = isKnown ? "" : `${compare} cannot be compared: the list lacks it.`;
    if (!isKnown) stay({ compare: "" });
    tell(unknown);
  }

  choose();
  coins.addEventListener("change", () => {
    unknown = "";
    go({ compare: coins.value });
    load();
  });
  onReturn(() => {
    const before = coins.value;
    choose();
    if (coins.value !== before) load();
  });
  return { load };
}
