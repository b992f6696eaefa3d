// The chart page: the past comes through UDF, older bars when a user scrolls to them, and the present over the stream.

import { Failure } from "./api.js";
import { Candles } from "./candles.js";
import { write } from "./freshness.js";
import { LiveCandles } from "./live-candles.js";
import { keep } from "./panel.js";
import { looked } from "./place.js";
import { startTheme } from "./theme.js";
import { explain, startTips } from "./tips.js";
import * as udf from "./udf.js";

const COUNT = 300;
const SETTLED = 250;
const FIRST = "BTCUSDT";
const USUAL = "60";

const panel = document.getElementById("chart");
const search = panel.querySelector("[data-search]");
const found = panel.querySelector("[data-found]");
const choices = panel.querySelector("[data-intervals]");
const [asked, wish] = looked();

let name = asked || FIRST;
let feed;
let known;
let source;
let rows = [];
let isOldest = false;
let isAsking = false;
let asking = new AbortController();
let settling;

startTheme();
startTips();
const candles = new Candles(panel);
const live = new LiveCandles({
  changed: follow, told: tell, unsure: () => panelled.now(),
});
candles.onOlder(older);
search.addEventListener("input", suggest);
search.addEventListener("change", () => change(search.value.trim()));
choices.addEventListener("change", () => change(name));
const panelled = keep(panel, {
  name: "Candles", source: "/udf/history", ask, show, least: 10, most: 300,
  live: () => live.isLive,
});
explain(panel.querySelector("[data-freshness]"), () => [
  ...panelled.freshness.lines(), ...(source ? [["Source", source]] : []),
  ...(known ? [["Symbol", `${known.name}, ${known.description}`]] : []),
]);

/** Returns the chosen resolution, or the requested one before the feed's configuration is known. */
const resolution = () => choices.querySelector("input:checked")?.value ?? wish ?? USUAL;

/** Returns the end of the current bar in seconds, so that the URL is constant while the bar is open. */
function ending() {
  const length = udf.seconds(resolution());
  return (Math.floor(Date.now() / 1000 / length) + 1) * length;
}

async function ask() {
  asking = new AbortController();
  const { signal } = asking;
  feed ??= offer(await udf.config());
  known ??= await udf.symbol(name, signal);
  const key = `${known.ticker ?? known.name}/${resolution()}`;
  live.watch(known.ticker ?? known.name, udf.spoken(resolution()));
  const answer = await udf.bars(known.ticker ?? known.name, resolution(), { to: ending(), count: COUNT }, signal);
  signal.throwIfAborted();
  if (!answer.rows.length) throw new Failure("The feed has no bars here");
  return { ...answer, key };
}

function show(answer) {
  const anew = rows.key !== answer.key;
  source = answer.source;
  rows = Object.assign(live.join(anew ? answer.rows : merged(rows, answer.rows), answer.made), { key: answer.key });
  draw(anew);
}

/** Draws what the stream has changed. */
function follow(changed, what) {
  rows = Object.assign(changed, { key: rows.key });
  if (what === "last") candles.update(rows);
  else candles.show(rows, { anew: false, hasTimes: udf.seconds(resolution()) < 86_400 });
}

/** Shows what the stream says about the candles. */
function tell() {
  if (!rows.length || !known) return;
  note();
  if (live.freshness) panelled.freshness.arrived({ lifetime: 300, live: () => live.isLive, ...live.freshness });
}

function draw(anew) {
  const title = `${known.name} · ${udf.spoken(resolution())} candles`;
  write(panel.querySelector("h2"), title);
  panel.querySelector("[data-candles]").setAttribute("aria-label", title);
  candles.show(rows, { anew, hasTimes: udf.seconds(resolution()) < 86_400 });
  note();
}

function note() {
  const parts = [
    `${rows.length} candles from ${source ?? "/udf/history"}, times in UTC`, live.note(),
    isOldest ? "there are no older ones" : "look left for older ones",
  ];
  write(panel.querySelector("[data-chart-note]"), parts.filter(Boolean).join("; "));
}

/** Loads older bars at the left, until the feed has no more. */
async function older() {
  if (isAsking || isOldest || !rows.length) return;
  isAsking = true;
  const { key } = rows;
  try {
    let to = rows[0].time;
    let answer = await udf.bars(known.ticker ?? known.name, resolution(), { to, count: COUNT }, asking.signal);
    if (answer.next) {
      to = answer.next + 1;
      answer = await udf.bars(known.ticker ?? known.name, resolution(), { to, count: COUNT }, asking.signal);
    }
    if (key !== rows.key) return;
    const before = answer.rows.filter((row) => row.time < rows[0].time);
    isOldest = before.length === 0;
    rows = Object.assign(live.prepend(before), { key });
    draw(false);
  } catch (error) {
    if (error.name !== "AbortError") write(panel.querySelector("[data-chart-note]"), `Older candles: ${error.message}`);
    if (!(error instanceof Failure) && error.name !== "AbortError") throw error;
  } finally {
    isAsking = false;
  }
}

/** Merges newer bars, which replace those with the same time. */
function merged(old, newer) {
  return [...old.filter((row) => row.time < newer[0].time), ...newer];
}

/** Makes one button for each resolution of the feed. */
function offer(settings) {
  const template = panel.querySelector("[data-interval]");
  const supported = settings.supported_resolutions;
  const chosen = supported.includes(wish) ? wish : supported.includes(USUAL) ? USUAL : supported[0];
  for (const each of supported) {
    const label = template.content.firstElementChild.cloneNode(true);
    const input = label.querySelector("input");
    input.value = each;
    input.checked = each === chosen;
    label.querySelector("span").textContent = udf.spoken(each);
    choices.append(label);
  }
  search.value = name;
  return settings;
}

async function suggest() {
  clearTimeout(settling);
  settling = setTimeout(async () => {
    try {
      const rowsFound = await udf.search(search.value.trim());
      found.replaceChildren(...rowsFound.map((row) => new Option(row.description, row.symbol)));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      found.replaceChildren(); // no suggestions; any typed market can still be shown
    }
  }, SETTLED);
}

function change(wanted) {
  if (!wanted) return;
  if (wanted !== name) known = undefined;
  name = wanted;
  history.replaceState(null, "", `#${name}/${resolution()}`);
  asking.abort();
  isOldest = false;
  rows = [];
  live.stop();
  candles.clear();
  panelled.freshness.forget();
  clearTimeout(settling);
  settling = setTimeout(() => panelled.now(), SETTLED);
}
