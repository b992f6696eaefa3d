// Starts the panels of the market page; each is independent of the others.

import { startChart } from "./chart.js";
import { startHeadlines } from "./headlines.js";
import { startMovers } from "./movers.js";
import { startOverview } from "./overview.js";
import { startPrices } from "./prices.js";
import { startProviders } from "./providers.js";
import { startRules } from "./rules.js";
import { startSearch } from "./search.js";
import { startSentiment } from "./sentiment.js";
import { startTheme } from "./theme.js";
import { startTips } from "./tips.js";
import { startZone } from "./zone.js";

const at = (id) => document.getElementById(id);

startTheme();
startZone();
startTips();
const showCoin = startChart(at("chart"), at("rules") ? startRules(at("rules")) : undefined);
const choose = (coin, text) => {
  showCoin(coin, text);
  const { top, bottom } = at("chart").getBoundingClientRect();
  if (bottom < 200 || top > innerHeight - 200) at("chart").scrollIntoView();
};
startSearch(document.querySelector("[data-find]"), choose);
startPrices(at("prices"), choose);
startOverview(at("overview"), startMovers(at("movers"), choose));
startSentiment(at("sentiment"));
startHeadlines(at("headlines"));
startProviders(at("providers"), document.querySelector("[data-engine]"));
