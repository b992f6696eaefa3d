// Shows the candles of one coin in one of the intervals, from /api/ohlcv.

import { get } from "./api.js";
import { Candles } from "./candles.js";
import { latency, moment } from "./format.js";
import { write } from "./freshness.js";
import { startIndicators } from "./indicators.js";
import { hasTimes, opensWithin } from "./intervals.js";
import { LiveCandles } from "./live-candles.js";
import { keep } from "./panel.js";
import { looked } from "./place.js";
import { explain } from "./tips.js";

const LIMIT = 300;
const SETTLED = 250;
const KEPT = 24; // answers, the last ones shown
const kept = new Map();

/** Starts the chart in `panel`, and returns a function that shows another coin. `named` is told what is on show. */
export function startChart(panel, named = () => {}) {
  const coins = panel.querySelector("[data-coin]");
  const intervals = [...panel.querySelectorAll("[data-intervals] input")];
  const candles = new Candles(panel);
  const live = new LiveCandles({ changed: draw, told: tell, unsure: () => panelled.now() });
  let shown = "";
  let latest;
  let asking = new AbortController();
  let settling;

  const interval = () => intervals.find((each) => each.checked).value;
  const market = () => ({ symbol: coins.value, interval: interval(), limit: LIMIT });
  const indicators = startIndicators(panel, candles.lines, market);
  const path = () => `/api/ohlcv?symbol=${coins.value}&interval=${interval()}&limit=${LIMIT}`;

  async function ask() {
    const wanted = path();
    live.watch(`${coins.value}USDT`, interval());
    const old = kept.get(wanted);
    if (old && !old.stale && !live.isIncomplete && Date.now() < old.made + old.lifetime * 1000) return old;
    asking = new AbortController();
    const { signal } = asking;
    const answer = await get(wanted, signal);
    signal.throwIfAborted();
    kept.delete(wanted);
    kept.set(wanted, { ...answer, path: wanted });
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return kept.get(wanted);
  }

  function show(answer) {
    const { body } = answer;
    latest = body;
    const rows = live.join(rowsOf(body), answer.made);
    candles.show(rows, { anew: shown !== answer.path, hasTimes: hasTimes(body.interval) });
    shown = answer.path;
    explain(panel.querySelector("[data-freshness]"), () => [...panelled.freshness.lines(), ...sources(body)]);
    write(panel.querySelector("[data-chart-note]"), note(body, live.note(body.meta.quote)));
    name();
    indicators.load();
  }

  /** Draws what the stream has changed. */
  function draw(rows, changed) {
    if (changed === "last") candles.update(rows);
    else candles.show(rows, { anew: false, hasTimes: hasTimes(interval()) });
  }

  /** Shows what the stream says about the candles. */
  function tell() {
    if (!latest || shown !== path()) return;
    write(panel.querySelector("[data-chart-note]"), note(latest, live.note(latest.meta.quote)));
    if (live.freshness) panelled.freshness.arrived({ lifetime: 300, live: () => live.isLive, ...live.freshness });
  }

  function name() {
    const title = `${coins.value} · ${interval()} candles`;
    write(panel.querySelector("h2"), title);
    panel.querySelector("[data-candles]").setAttribute("aria-label", title);
    named(market());
  }

  /** Shows a new choice from memory at once, and loads it when the choice has settled. */
  function changed() {
    history.replaceState(null, "", `#${coins.value}/${interval()}`);
    asking.abort();
    indicators.clear();
    live.watch(`${coins.value}USDT`, interval());
    name();
    if (kept.has(path())) {
      show(kept.get(path()));
      panelled.freshness.arrived(kept.get(path()));
    } else {
      candles.clear();
      write(panel.querySelector("[data-chart-note]"), "");
      panelled.freshness.forget();
    }
    clearTimeout(settling);
    settling = setTimeout(() => panelled.now(), SETTLED);
  }

  recall(coins, intervals);
  coins.addEventListener("change", changed);
  for (const each of intervals) each.addEventListener("change", changed);
  const panelled = keep(panel, {
    name: "Candles", source: "/api/ohlcv", ask, show, least: 10, most: 300,
    live: () => live.isLive,
  });
  name();
  return (symbol) => {
    coins.value = symbol;
    changed();
  };
}

/** Returns the market in the page's URL: `#ETH/4h`. */
function recall(coins, intervals) {
  const [symbol, interval] = looked();
  if ([...coins.options].some((each) => each.value === symbol)) coins.value = symbol;
  const chosen = intervals.find((each) => each.value === interval);
  if (chosen) chosen.checked = true;
}

/** Returns the candles of an answer for drawing, with the gaps between them. */
function rowsOf({ data, interval, meta }) {
  const rows = data.map(({ timestamp, ...candle }) => ({ time: timestamp / 1000, ...candle }));
  for (const time of opensWithin(meta.gaps, interval)) rows.push({ time });
  return rows.sort((one, other) => one.time - other.time);
}

function note({ source, meta, data, interval }, live) {
  const missing = opensWithin(meta.gaps, interval).length;
  return [
    `${data.length} candles in ${meta.quote} from ${source}, times in UTC`,
    live,
    meta.short ? "there are no more" : "",
    meta.lastCandleClosed ? "" : "the last one is still forming",
    missing ? `${missing} missing, left open` : "",
    meta.filled?.length ? `${meta.filled.length} filled in from another provider` : "",
    meta.resampledFrom ? `made from ${meta.resampledFrom}` : "",
  ].filter(Boolean).join("; ");
}

function sources({ meta, source, data }) {
  return [
    ["Source", source],
    ...meta.attempts.map(({ provider, outcome, latencyMs }) => [provider, `${outcome}, ${latency(latencyMs)}`]),
    ["First candle", moment(data[0].timestamp)],
  ];
}
