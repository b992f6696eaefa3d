// Shows the candles of one coin in one of the intervals, from /api/ohlcv.

import { Failure, get } from "./api.js";
import { Candles } from "./candles.js";
import { startCompare } from "./compare.js";
import { Choice } from "./choice.js";
import { write } from "./freshness.js";
import { startIndicators } from "./indicators.js";
import { hasTimes } from "./intervals.js";
import { LiveCandles } from "./live-candles.js";
import { note, rowsOf, sources } from "./ohlcv.js";
import { keep } from "./panel.js";
import { go, keepOn, looked, onReturn, stay } from "./place.js";
import { accept, NO_INTERVAL, refuse } from "./refusal.js";
import { explain } from "./tips.js";
import { startTools } from "./tools.js";
import { onZone } from "./zone.js";

const LIMIT = 300;
const SETTLED = 250;
const KEPT = 24; // answers, the last ones shown
const FIRST = { coin: "BTC", interval: "1h" };

/** Starts the chart in `panel`, and returns a function that shows another coin. `named` is told what is on show. */
export function startChart(panel, named = () => {}) {
  const kept = new Map();
  const choice = new Choice(panel, () => changed());
  const candles = new Candles(panel);
  const live = new LiveCandles({ changed: draw, told: tell, unsure: () => panelled.now() });
  let shown; // the market, its path, and the answer
  let asking = new AbortController();
  let settling;

  const wanted = () => ({ coin: choice.coin, code: choice.code, interval: choice.interval });
  const path = ({ coin, interval }) => `/api/ohlcv?symbol=${encodeURIComponent(coin)}&interval=${interval}&limit=${LIMIT}`;
  const current = () => shown ?? wanted();
  const pair = ({ coin }) => (/^\w+$/.test(coin) ? `${coin}USDT` : coin);
  const market = () => ({
    symbol: current().coin, pair: pair(current()), interval: current().interval, limit: LIMIT,
  });
  const indicators = startIndicators(panel, candles.lines, market);
  const compare = startCompare(panel, candles.comparison, market);
  startTools(panel, candles, () => `${current().code} · ${current().interval}`);

  async function ask() {
    const one = wanted();
    const old = kept.get(path(one));
    live.watch(pair(one), one.interval);
    if (old && !old.stale && !live.isIncomplete && Date.now() < old.made + old.lifetime * 1000) return old;
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = { ...(await get(path(one), signal)), ...one, path: path(one) };
      signal.throwIfAborted();
      kept.delete(answer.path);
      kept.set(answer.path, answer);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
      return answer;
    } catch (error) {
      if (!(error instanceof Failure && error.isFinal && shown && shown.path !== path(one))) throw error;
      refuse(panel, one.code, error);
      choice.set(shown);
      stay({ coin: shown.coin, interval: shown.interval });
      return ask();
    }
  }

  function show(answer) {
    const anew = shown?.path !== answer.path;
    shown = answer;
    const rows = live.join(rowsOf(answer.body), answer.made);
    candles.show(rows, { anew, hasTimes: hasTimes(answer.interval) });
    explain(panel.querySelector("[data-freshness]"), () => [...panelled.freshness.lines(), ...sources(answer.body)]);
    describe();
    name();
    indicators.load();
    compare.load();
  }

  /** Draws what the stream has changed. */
  function draw(rows, what) {
    if (shown?.path !== path(wanted())) return;
    if (what === "last") candles.update(rows);
    else candles.show(rows, { anew: false, hasTimes: hasTimes(shown.interval) });
  }

  function describe() {
    if (shown) write(panel.querySelector("[data-chart-note]"), note(shown.body, live.note(shown.body.meta.quote)));
  }

  /** Shows what the stream says about the candles. */
  function tell() {
    if (shown?.path !== path(wanted())) return;
    describe();
    if (live.freshness) panelled.freshness.arrived({ lifetime: 300, live: () => live.isLive, ...live.freshness });
  }

  function name() {
    const { coin, code, interval } = current();
    const title = `${code} · ${interval} candles`;
    write(panel.querySelector("h2"), title);
    panel.querySelector("[data-candles]").setAttribute("aria-label", title);
    keepOn("chart", pair({ coin }), interval);
    named(market());
  }

  /** Forgets a market that is no longer on show, since the chosen one cannot be had now. */
  function lost() {
    if (!shown || shown.path === path(wanted())) return;
    shown = undefined;
    candles.clear();
    write(panel.querySelector("[data-chart-note]"), "");
    name();
  }

  /** Shows what a user has chosen, at an address of its own. */
  function changed() {
    go(wanted());
    accept(panel);
    turn();
  }

  /** Chooses what the URL says. An interval that does not exist leaves the one on show, and is said. */
  function read() {
    const view = { ...FIRST, ...looked() };
    choice.set(view);
    accept(panel);
    if (choice.interval === view.interval) return;
    stay({ coin: choice.coin, interval: choice.interval });
    refuse(panel, view.interval, new Failure(NO_INTERVAL));
  }

  /** Shows a new choice from memory at once, or loads it when the choice has settled. */
  function turn() {
    asking.abort();
    indicators.clear();
    live.watch(pair(wanted()), choice.interval);
    const known = kept.get(path(wanted()));
    if (known) {
      show(known);
      panelled.freshness.arrived(known);
    } else {
      panelled.freshness.forget();
    }
    clearTimeout(settling);
    settling = setTimeout(() => panelled.now(), SETTLED);
  }

  read();
  onReturn(() => {
    read();
    turn();
  });
  onZone(describe);
  const panelled = keep(panel, {
    name: "Candles", source: "/api/ohlcv", ask, show, lost, least: 10, most: 300,
    live: () => live.isLive,
  });
  name();
  return (coin, text) => {
    choice.set({ coin }, text);
    changed();
  };
}
