// Shows market sentiment: the index as a gauge, and the sentiment of the news.

import { getFirst } from "./board.js";
import { ago, moment, UNKNOWN, whole } from "./format.js";
import { write } from "./freshness.js";
import { makeGauge } from "./gauge.js";
import { keep } from "./panel.js";
import { grouped, named } from "./reasons.js";
import { follow, isStreamed } from "./stream.js";
import { explain } from "./tips.js";

const NONE = "No provider gives an index now";
/** Returns whose index it is; the page says by itself that data are invented. */
const owner = ({ source }) => named(source.replace(/^demo:/, ""));
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Starts the panel. */
export function startSentiment(panel) {
  const move = makeGauge(panel.querySelector("[data-gauge] svg"));
  const overall = panel.querySelector("[data-overall]");
  const counts = panel.querySelector("[data-counts]");
  const [word, whose] = ["word", "whose"].map((name) => panel.querySelector(`[data-${name}]`));
  let latest;

  function show(answer) {
    latest = answer.body;
    const { fearGreed, news, overall: both } = latest.data;
    move(fearGreed);
    write(word, fearGreed ? fearGreed.classification : "Unknown");
    write(whose, fearGreed ? `Index of ${owner(fearGreed)}` : NONE);
    write(overall, both ? `${both.sentiment}, ${whole(both.score)} of 100` : UNKNOWN);
    write(counts, news ? `${news.bullish} bullish, ${news.bearish} bearish` : UNKNOWN);
    const failed = grouped(latest.meta.failed);
    const note = panel.querySelector("[data-sentiment-note]");
    note.hidden = failed.length === 0;
    write(note, `Left out: ${failed.join("; ")}`);
  }

  const rest = () => [["Sources", latest.meta.sources.join(", ")], ...panelled.freshness.lines().slice(1)];
  const explained = (lines) => () => (latest ? [...lines(latest.data), ...rest()] : ["Not loaded yet"]);
  explain(panel.querySelector("[data-gauge]"), explained(({ fearGreed }) => (fearGreed
    ? [["Fear & Greed", `${fearGreed.value} of 100, ${fearGreed.classification}`],
       ["Index of", owner(fearGreed)],
       ["Reading of", `${moment(Date.parse(fearGreed.timestamp))}, ${ago(Date.parse(fearGreed.timestamp))}`]]
    : [NONE])));
  explain(overall, explained(({ overall: both }) => (both
    ? [["Overall score", `${both.score} of 100, ${both.sentiment}`],
       ["Confidence", both.confidence.toFixed(2)],
       "The weighted mean of the index and the news sentiment"]
    : ["Unknown"])));
  explain(counts, explained(({ news }) => (news
    ? [["Headlines read", whole(news.total)], ["Bullish", whole(news.bullish)],
       ["Bearish", whole(news.bearish)], ["Neutral", whole(news.neutral)]]
    : ["No headlines are available"])));
  const panelled = keep(panel, {
    name: "Sentiment figures", source: "/api/sentiment", ask: () => getFirst("/api/sentiment"), show, least: 60, most: 600,
    live: () => isStreamed("sentiment"),
  });
  follow("sentiment", (message) => {
    if (message.type === "reset") panelled.now();
    if (message.type !== "sentiment" || isSame(message.data, latest?.data)) return;
    show({ body: { data: message.data, meta: { failed: {}, ...latest?.meta, sources: message.sources } } });
    panelled.freshness.arrived({ made: message.heard, lifetime: 600, live: () => isStreamed("sentiment") });
  });
}
