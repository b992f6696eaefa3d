// Starts the panels of the market page; each is independent of the others.

import { startChart } from "./chart.js";
import { startHeadlines } from "./headlines.js";
import { startOverview } from "./overview.js";
import { startPrices } from "./prices.js";
import { startProviders } from "./providers.js";
import { startRules } from "./rules.js";
import { startSentiment } from "./sentiment.js";
import { startTheme } from "./theme.js";
import { startTips } from "./tips.js";

const at = (id) => document.getElementById(id);

startTheme();
startTips();
const showCoin = startChart(at("chart"), at("rules") ? startRules(at("rules")) : undefined);
startPrices(at("prices"), (symbol) => {
  showCoin(symbol);
  if (at("chart").getBoundingClientRect().bottom < 200) at("chart").scrollIntoView();
});
startOverview(at("overview"));
startSentiment(at("sentiment"));
startHeadlines(at("headlines"));
startProviders(at("providers"), document.querySelector("[data-engine]"));
