// Shows the newest stories. Titles are plain text, and links go to http(s) URLs only.

import { getFirst } from "./board.js";
import { ago, moment } from "./format.js";
import { write } from "./freshness.js";
import { keep } from "./panel.js";
import { grouped } from "./reasons.js";
import { follow, isStreamed } from "./stream.js";
import { explain } from "./tips.js";

const LIMIT = 12;
const WORDS = { bullish: "up", bearish: "down", neutral: "" };

/** Starts the panel. */
export function startHeadlines(panel) {
  const list = panel.querySelector("[data-stories]");
  let shown;

  function show({ body }) {
    shown = JSON.stringify(body.data);
    const kept = new Map([...list.children].map((item) => [item.dataset.url, item]));
    const items = body.data.map((story) => patch(kept.get(story.url) ?? make(story), story));
    items.forEach((item, index) => {
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    while (list.children.length > items.length) list.lastElementChild.remove();
    panel.querySelector("[data-none]").hidden = items.length > 0;
    const { sources, failed } = body.meta;
    explain(panel.querySelector("[data-freshness]"), () =>
      [...panelled.freshness.lines(), ["Sources", sources.join(", ")], ...grouped(failed)]);
  }

  const panelled = keep(panel, {
    name: "Headlines", source: "/api/news", ask: () => getFirst(`/api/news?limit=${LIMIT}`), show, least: 60, most: 600,
    live: () => isStreamed("news"),
  });
  follow("news", (message) => {
    if (message.type === "reset") panelled.now();
    const stories = JSON.stringify(message.data?.slice(0, LIMIT));
    if (message.type !== "news" || stories === shown) return;
    show({ body: { data: message.data.slice(0, LIMIT), meta: { failed: {}, sources: message.sources } } });
    panelled.freshness.arrived({ made: message.heard, lifetime: 600, live: () => isStreamed("news") });
  });
}

const isWeb = (url) => URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);

function make(story) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const about = document.createElement("p");
  item.dataset.url = story.url;
  if (isWeb(story.url)) link.href = story.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  item.append(link, about);
  return item;
}

function patch(item, story) {
  const published = Date.parse(story.publishedAt);
  write(item.querySelector("a"), story.title);
  const about = item.querySelector("p");
  const parts = [story.source, ago(published), story.symbols.join(", ")].filter(Boolean);
  const mark = document.createElement("span");
  mark.className = WORDS[story.sentiment];
  mark.textContent = story.sentiment;
  about.replaceChildren(`${parts.join(" · ")} · `, mark);
  explain(item.querySelector("a"), () => [
    ["Published", moment(published)], ["Source", story.source], ["Reads as", story.sentiment],
  ]);
  return item;
}
