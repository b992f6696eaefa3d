// Explains the figures of a coin: their sources, their age, and how sure they are.

import { ago, change, deviation, moment, price, UNKNOWN, whole } from "./format.js";
import { named, worded } from "./reasons.js";

/** Returns the sources whose prices count. */
export const agreeing = (coin) => coin.sources.filter((source) => !source.outlier && !source.suspect);

function confidence(coin) {
  const verdict = coin.disputed ? "disputed: two camps" : coin.verified ? "verified" : "not verified";
  return `${coin.confidence.toFixed(2)}, ${verdict}`;
}

function standing(source) {
  if (source.outlier) return ", outlier: does not count";
  return source.suspect ? ", suspect" : "";
}

/** The lines of each cell's tip, of a coin, the answer that it is of, and the panel's freshness. */
export const TIPS = {
  price: (coin, answer, freshness) => [
    [`${coin.symbol} in US dollars`, price(coin.priceUsd)],
    ["Median of", `${coin.sources.filter((source) => !source.outlier).length} sources`],
    ["Confidence", confidence(coin)],
    ...coin.sources.map((source) => [
      source.provider, `${price(source.price)} (${deviation(signed(source, coin))}${standing(source)})`,
    ]),
    ["Newest quote", `${moment(Date.parse(coin.lastUpdate))}, ${ago(Date.parse(coin.lastUpdate))}`],
    ...freshness.lines().slice(1),
  ],
  change24h: (coin, answer, freshness) => [
    ["Change in 1 hour", change(coin.change1h)],
    ["Change in 24 hours", change(coin.change24h)],
    ["Change in 7 days", change(coin.change7d)],
    ["Source", answer.body.source],
    ...freshness.lines().slice(1),
  ],
  volume24h: (coin, answer, freshness) => [
    ["Total volume in 24 hours", dollars(coin.volume24h)],
    ["Source", `${answer.body.source}, the figure of an aggregator`],
    ...freshness.lines().slice(1),
  ],
  marketCap: (coin, answer, freshness) => [
    ["Market cap of all coins", dollars(coin.marketCap)],
    ["Source", `${answer.body.source}, the figure of an aggregator`],
    ...freshness.lines().slice(1),
  ],
  sources: (coin, answer) => [
    ["Sources that agree", `${agreeing(coin).length} of ${coin.sources.length}`],
    ["Confidence", confidence(coin)],
    ...Object.entries(answer.body.meta.providers).map(([provider, reason]) => [named(provider), worded(reason)]),
  ],
};

const signed = (source, coin) => source.deviation * Math.sign(source.price - coin.priceUsd);
const dollars = (value) => (typeof value === "number" ? `$${whole(value)}` : UNKNOWN);
