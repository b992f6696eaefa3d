// How the market feels: the index as a gauge, and what the headlines say.

import { get } from "./api.js";
import { ago, moment, UNKNOWN, whole } from "./format.js";
import { write } from "./freshness.js";
import { makeGauge } from "./gauge.js";
import { keep } from "./panel.js";
import { explain } from "./tips.js";

/** Starts the panel. */
export function startMood(panel) {
  const move = makeGauge(panel.querySelector("[data-gauge] svg"));
  const overall = panel.querySelector("[data-overall]");
  const counts = panel.querySelector("[data-counts]");
  const word = document.createElement("p");
  panel.querySelector("[data-gauge]").append(word);
  let latest;

  function show(answer) {
    latest = answer.body;
    const { fearGreed, news, overall: both } = latest.data;
    move(fearGreed);
    write(word, fearGreed ? fearGreed.classification : "Not known");
    write(overall, both ? `${both.sentiment}, ${whole(both.score)} of 100` : UNKNOWN);
    write(counts, news ? `${news.bullish} bullish, ${news.bearish} bearish` : UNKNOWN);
    const failed = Object.entries(latest.meta.failed).map(([who, why]) => `${who}: ${why}`);
    const note = panel.querySelector("[data-mood-note]");
    note.hidden = failed.length === 0;
    write(note, `Left out: ${failed.join("; ")}`);
  }

  const rest = () => [["Sources", latest.meta.sources.join(", ")], ...panelled.freshness.lines().slice(1)];
  const told = (lines) => () => (latest ? [...lines(latest.data), ...rest()] : ["Not loaded yet"]);
  explain(panel.querySelector("[data-gauge]"), told(({ fearGreed }) => (fearGreed
    ? [["Fear & Greed", `${fearGreed.value} of 100, ${fearGreed.classification}`],
       ["Reading of", `${moment(Date.parse(fearGreed.timestamp))}, ${ago(Date.parse(fearGreed.timestamp))}`]]
    : ["No provider gives the index just now"])));
  explain(overall, told(({ overall: both }) => (both
    ? [["Overall score", `${both.score} of 100, ${both.sentiment}`],
       ["Confidence", both.confidence.toFixed(2)],
       "The weighted mean of the index and of the headlines"]
    : ["Not known"])));
  explain(counts, told(({ news }) => (news
    ? [["Headlines read", whole(news.total)], ["Bullish", whole(news.bullish)],
       ["Bearish", whole(news.bearish)], ["Neutral", whole(news.neutral)]]
    : ["No headlines could be read"])));
  const panelled = keep(panel, {
    name: "Mood figures", source: "/api/sentiment", ask: () => get("/api/sentiment"), show, least: 60, most: 600,
  });
}
