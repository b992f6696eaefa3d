// Shows the state of the engine and its providers: from /api/health, and from /api/providers for the reasons once a
// user looks for them.

import { Failure, get } from "./api.js";
import { ago, duration, latency, moment, share, UNKNOWN, whole } from "./format.js";
import { write } from "./freshness.js";
import { keepFocus, refresh, startGrid } from "./grid.js";
import { keep } from "./panel.js";
import { named, worded } from "./reasons.js";
import { follow, isStreamed } from "./stream.js";
import { explain } from "./tips.js";

const EVERY = 15;
const SELDOM = 60; // while the stream tells what happens
const REASONS_EVERY = 60_000;
const RANKS = ["online", "degraded", "offline", "blocked", "unknown", "disabled"];

/** Starts the panel, the engine's state in the head of the page, and the demo banner. */
export function startProviders(panel, engine) {
  const table = panel.querySelector("[data-grid]");
  const body = panel.querySelector("[data-rows]");
  const template = panel.querySelector("[data-row]");
  const rows = new Map();
  let reasons = new Map();
  let reasonsDue = 0;
  let health;

  async function ask() {
    const answer = await get("/api/health");
    if (isLookedAt()) await askReasons();
    return answer;
  }

  const isLookedAt = () => panel.matches(":hover, :focus-within");

  /** Loads the reasons; without them the states are shown alone. */
  async function askReasons() {
    if (Date.now() < reasonsDue) return;
    reasonsDue = Date.now() + REASONS_EVERY;
    try {
      reasons = new Map((await get("/api/providers")).body.map((row) => [row.name, row]));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  function show(answer) {
    health = answer.body;
    const sorted = health.providers.toSorted((one, other) => RANKS.indexOf(one.status) - RANKS.indexOf(other.status));
    keepFocus(table, () => sorted.forEach((provider, index) => {
      const element = patch(provider);
      if (body.children[index] !== element) body.insertBefore(element, body.children[index] ?? null);
    }));
    engine.dataset.status = health.status;
    write(engine.querySelector("[data-engine-word]"), health.status);
    document.querySelector("[data-demo]").hidden = health.mode !== "demo";
    refresh(table);
  }

  /** Shows that the engine's state is unknown. */
  function lost() {
    engine.dataset.status = "lost";
    write(engine.querySelector("[data-engine-word]"), "no answer");
  }

  function patch(provider) {
    if (!rows.has(provider.name)) {
      const element = template.content.firstElementChild.cloneNode(true);
      rows.set(provider.name, element);
      for (const cell of element.cells) explain(cell, () => lines(find(provider.name), reasons.get(provider.name)));
    }
    const element = rows.get(provider.name);
    const cell = (name) => element.querySelector(`[data-cell="${name}"]`);
    element.dataset.status = provider.status;
    write(cell("name"), named(provider.name));
    write(cell("status").querySelector(".word"), word(provider));
    write(cell("latency"), latency(provider.latency));
    write(cell("lastCheck"), provider.lastCheck ? ago(Date.parse(provider.lastCheck)) : UNKNOWN);
    return element;
  }

  for (const event of ["pointerover", "focusin"]) panel.addEventListener(event, askReasons);
  const find = (name) => health.providers.find((each) => each.name === name);
  startGrid(table);
  const panelled = keep(panel, {
    name: "Provider states", source: "/api/health", ask, show, lost, least: EVERY, most: EVERY,
    live: () => isStreamed("status"), calm: SELDOM,
  });
  follow("status", ({ type }) => {
    if (type === "status" || type === "reset") panelled.now();
  });
  explain(engine, () => (health ? engineLines(health, panelled.freshness) : panelled.freshness.lines()));
}

const word = ({ status }) => (status === "blocked" ? "region blocked" : status);

function lines(provider, known) {
  return [
    [named(provider.name), word(provider)],
    ["Latency", latency(provider.latency)],
    ["Last asked", provider.lastCheck ? moment(Date.parse(provider.lastCheck)) : "not yet"],
    ...(known ? [["Gives", known.capabilities.join(", ")]] : []),
    ...(known?.lastFailure
      ? [["Failed last", `${worded(known.lastFailure.reason)}, ${ago(Date.parse(known.lastFailure.time))}`]] : []),
  ];
}

function engineLines({ status, uptime, cache, version, providers }, freshness) {
  const online = providers.filter((each) => each.status === "online").length;
  return [
    ["The engine is", status],
    ["Providers online", `${online} of ${providers.length}`],
    ["Running for", duration(uptime)],
    ["Answered from its cache", cache.hitRate === null ? UNKNOWN : share(cache.hitRate * 100)],
    ["Answers kept", whole(cache.size)],
    ["Data arrive", isStreamed() ? "over one stream" : "by requests"],
    ["Version", version],
    ...freshness.lines(),
  ];
}
