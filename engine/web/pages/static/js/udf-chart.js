// The chart page: the past comes through UDF, older bars when a user scrolls to them, and the present over the stream.

import { Failure } from "./api.js";
import { Candles } from "./candles.js";
import { startCombobox } from "./combobox.js";
import { startCompare } from "./compare.js";
import { write } from "./freshness.js";
import { startIndicators } from "./indicators.js";
import { LiveCandles } from "./live-candles.js";
import { keep } from "./panel.js";
import { go, keepOn, looked, onReturn, stay } from "./place.js";
import { accept, NO_INTERVAL, refuse } from "./refusal.js";
import { Resolutions } from "./resolutions.js";
import { startTheme } from "./theme.js";
import { explain, startTips } from "./tips.js";
import { startTools } from "./tools.js";
import * as udf from "./udf.js";
import { onZone, startZone, zoneName } from "./zone.js";

const COUNT = 300;
const SETTLED = 250;
const FIRST = "BTCUSDT";
const MOST = 1000; // candles of an answer with indicators

const panel = document.getElementById("chart");
const search = panel.querySelector("[data-search]");
const field = search.querySelector("input");
const resolutions = new Resolutions(panel, looked().interval, () => change(name));

let name = looked().coin ?? FIRST;
let feed;
let shown; // the symbol, its resolution, and who gave its bars
let rows = [];
let isOldest = false;
let isAsking = false;
let asking = new AbortController();
let settling;

startTheme();
startZone();
startTips();
const candles = new Candles(panel);
const live = new LiveCandles({ changed: follow, told: tell, unsure: () => panelled.now() });
const interval = () => udf.spoken(shown?.resolution ?? resolutions.chosen);
const market = () => ({
  symbol: shown?.symbol ?? name, pair: shown?.symbol ?? name, interval: interval(),
  limit: Math.min(MOST, Math.max(COUNT, rows.length)),
});
const indicators = startIndicators(panel, candles.lines, market);
const compare = startCompare(panel, candles.comparison, market);
startTools(panel, candles, () => `${shown?.name ?? name} · ${interval()}`);
startCombobox(search, {
  find: async (text) => (await udf.search(text)).map((row) => ({ ...row, code: row.symbol, name: row.description })),
  choose: ({ symbol }) => change(symbol),
  other: change,
});
candles.onOlder(older);
onZone(note);
onReturn(() => {
  turn(looked().coin ?? FIRST);
  read();
});
const panelled = keep(panel, {
  name: "Candles", source: "/udf/history", ask, show, lost, least: 10, most: 300, live: () => live.isLive,
});
explain(panel.querySelector("[data-freshness]"), () => [
  ...panelled.freshness.lines(), ...(shown?.source ? [["Source", shown.source]] : []),
  ...(shown ? [["Symbol", `${shown.name}, ${shown.description}`]] : []),
]);

const isShown = () => shown?.asked === `${name}/${resolutions.chosen}`;

async function ask() {
  asking = new AbortController();
  const { signal } = asking;
  if (!feed) {
    resolutions.offer((feed = await udf.config()).supported_resolutions);
    read();
  }
  field.value ||= name;
  const asked = `${name}/${resolutions.chosen}`;
  try {
    const known = shown?.typed === name ? shown : await udf.symbol(name, signal);
    const one = { ...known, typed: name, symbol: known.ticker ?? known.name, resolution: resolutions.chosen, asked };
    live.watch(one.symbol, udf.spoken(one.resolution));
    const answer = await udf.bars(one.symbol, one.resolution, { to: udf.ending(one.resolution), count: COUNT }, signal);
    signal.throwIfAborted();
    if (!answer.rows.length) throw new Failure("The feed has no bars here", { isFinal: true });
    return { ...answer, one };
  } catch (error) {
    if (!(error instanceof Failure && error.isFinal && shown && shown.asked !== asked)) throw error;
    refuse(panel, name, error);
    field.value = name = shown.typed;
    resolutions.chosen = shown.resolution;
    stay({ coin: name, interval: shown.resolution });
    return ask();
  }
}

function show(answer) {
  const anew = shown?.asked !== answer.one.asked;
  shown = { ...answer.one, source: answer.source };
  if (anew) isOldest = false;
  rows = live.join(anew ? answer.rows : udf.merged(rows, answer.rows), answer.made);
  draw(anew);
  indicators.load();
  compare.load();
}

/** Draws what the stream has changed. */
function follow(changed, what) {
  if (!isShown()) return;
  rows = changed;
  if (what === "last") candles.update(rows);
  else candles.show(rows, { anew: false, hasTimes: udf.seconds(shown.resolution) < 86_400 });
}

/** Shows what the stream says about the candles. */
function tell() {
  if (!isShown()) return;
  note();
  if (live.freshness) panelled.freshness.arrived({ lifetime: 300, live: () => live.isLive, ...live.freshness });
}

function draw(anew) {
  const title = `${shown.name} · ${interval()} candles`;
  write(panel.querySelector("h2"), title);
  panel.querySelector("[data-candles]").setAttribute("aria-label", title);
  keepOn("market", shown.symbol.replace(/^(\w+)USDT$/, "$1"), interval());
  candles.show(rows, { anew, hasTimes: udf.seconds(shown.resolution) < 86_400 });
  note();
}

function note() {
  if (!shown) return;
  const parts = [
    `${rows.length} candles from ${shown.source ?? "/udf/history"}, times in ${zoneName()}`, live.note(),
    isOldest ? "there are no older ones" : "look left for older ones",
  ];
  write(panel.querySelector("[data-chart-note]"), parts.filter(Boolean).join("; "));
}

/** Forgets a market that is no longer on show, since the chosen one cannot be had now. */
function lost() {
  if (!shown || isShown()) return;
  shown = undefined;
  rows = [];
  candles.clear();
  write(panel.querySelector("h2"), name);
}

/** Loads older bars at the left, until the feed has no more. */
async function older() {
  if (isAsking || isOldest || !rows.length || !isShown()) return;
  isAsking = true;
  const { symbol, resolution, asked } = shown;
  try {
    const before = await udf.older(symbol, resolution, { to: rows[0].time, count: COUNT }, asking.signal);
    if (asked !== shown?.asked) return;
    isOldest = before.length === 0;
    rows = live.prepend(before);
    draw(false);
    if (before.length) indicators.load();
  } catch (error) {
    if (error.name !== "AbortError") write(panel.querySelector("[data-chart-note]"), `Older candles: ${error.message}`);
    if (!(error instanceof Failure) && error.name !== "AbortError") throw error;
  } finally {
    isAsking = false;
  }
}

/** Chooses the resolution that the URL has. One that does not exist is said. */
function read() {
  const { interval } = looked();
  resolutions.chosen = interval;
  if (!interval || resolutions.has(interval)) return;
  stay({ coin: name, interval: resolutions.chosen });
  refuse(panel, interval, new Failure(NO_INTERVAL));
}

function change(wanted) {
  go({ coin: wanted, interval: resolutions.chosen });
  turn(wanted);
}

function turn(wanted) {
  name = field.value = wanted;
  accept(panel);
  asking.abort();
  panelled.freshness.forget();
  clearTimeout(settling);
  settling = setTimeout(() => panelled.now(), SETTLED);
}
