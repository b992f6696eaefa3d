// Shows the totals of the market in one line.

import { getFirst } from "./board.js";
import { change, direction, share, sum, whole } from "./format.js";
import { write } from "./freshness.js";
import { keep } from "./panel.js";
import { grouped } from "./reasons.js";
import { explain } from "./tips.js";

const FORMATS = {
  totalMarketCap: sum, totalVolume24h: sum, marketCapChange24h: change,
  btcDominance: share, ethDominance: share, activeCoins: whole,
};

/** Starts the strip. `movers` are shown from the same answers. */
export function startOverview(strip, movers) {
  const fields = [...strip.querySelectorAll("[data-field]")];
  let latest;

  function show(answer) {
    const { body } = answer;
    latest = body;
    movers.show(answer);
    for (const field of fields) {
      const value = body.data[field.dataset.field];
      write(field, FORMATS[field.dataset.field](value));
      if (field.dataset.field === "marketCapChange24h") field.className = direction(value);
    }
  }

  for (const field of fields) {
    explain(field, () => (latest
      ? [["Exactly", String(latest.data[field.dataset.field] ?? "not known")],
         ["Median of", latest.meta.sources.join(", ")],
         ...grouped(latest.meta.failed), ...panelled.freshness.lines().slice(1)]
      : ["Not loaded yet"]));
  }
  const panelled = keep(strip, {
    name: "Market figures", source: "/api/market/overview",
    ask: () => getFirst("/api/market/overview"), show, least: 60, most: 600,
    also: [movers],
  });
}
