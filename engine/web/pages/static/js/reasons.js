// Says in plain words why a provider or a request failed.

const NAMES = {
  alternative_me: "alternative.me", coincap: "CoinCap", coingecko: "CoinGecko", coinlore: "CoinLore",
  coinmarketcap: "CoinMarketCap", coinpaprika: "Coinpaprika", cryptocompare: "CryptoCompare", cryptopanic: "CryptoPanic",
  kucoin: "KuCoin", newsapi: "NewsAPI", okx: "OKX", rss: "RSS",
};
const WORDS = {
  "Circuit open": "failed several times, rests for a moment",
  "Region blocked": "region blocked",
  "Rate limited": "too many requests",
  Timeout: "no answer in time",
  "Connection failed": "cannot be reached",
  "Bad data": "unreadable answer",
  Unsupported: "does not have it",
  "HTTP 401": "refuses the key",
};

/** Returns a provider's own name by the engine's. */
export function named(provider) {
  if (NAMES[provider]) return NAMES[provider];
  return /^[a-z]+$/.test(provider) ? provider[0].toUpperCase() + provider.slice(1) : provider;
}

/** Returns the words for a provider's reason. */
export const worded = (reason) => WORDS[reason] ?? reason;

/** Returns each reason in `failed` (reasons by provider) with those that gave it: "Binance: region blocked". */
export function grouped(failed) {
  const groups = new Map();
  for (const [who, why] of Object.entries(failed)) {
    const words = worded(typeof why === "string" ? why : [why].flat().join(", "));
    groups.set(words, [...(groups.get(words) ?? []), named(who)]);
  }
  return [...groups].map(([words, who]) => `${who.join(", ")}: ${words}`);
}

/** Returns what a failure is about: the engine's message with the providers' reasons, or what it found wrong. */
export function inWords({ message, details }) {
  if (!details) return message;
  const wrong = Object.values(details).flatMap((why) => (Array.isArray(why) ? why : []));
  if (wrong.length) return wrong.join("; ");
  const reasons = grouped(Object.fromEntries(Object.entries(details).filter(([, why]) => typeof why === "string")));
  return reasons.length ? `${message} (${reasons.join("; ")})` : message;
}
