// Finds a coin among all that are known, by its ticker, its name or a former one. The key "/" leads to the field.

import { get } from "./api.js";
import { startCombobox } from "./combobox.js";
import { named } from "./reasons.js";

const MOST = 12;
const USUAL = ["USDT", "USD", "USDC", "EUR"];

/** Starts the field in `box`; `show` is called with the name of a coin in requests, and its text for people. */
export function startSearch(box, show) {
  const field = box.querySelector("input");

  async function find(text) {
    const { body } = await get(`/api/symbols?${new URLSearchParams({ q: text, limit: MOST })}`);
    return body.data.map((coin) => ({ coin, code: coin.symbol, name: coin.name, more: about(coin) }));
  }

  startCombobox(box, {
    find,
    async choose({ coin }) {
      const name = await market(coin);
      field.value = "";
      field.blur();
      show(name, [coin.symbol, coin.name].filter(Boolean).join(" · "));
    },
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
}

function about({ id, symbol, rank, former, kind, state, venues }) {
  const venue = state === "tentative" && id.startsWith(`${symbol.toLowerCase()}-`) ? id.slice(symbol.length + 1) : "";
  return [
    former.length ? `formerly ${former.join(", ")}` : "",
    rank ? `rank ${rank}` : "",
    state === "pinned" ? "" : venue ? `on ${named(venue)}` : `${venues} ${venues === 1 ? "venue" : "venues"}`,
    kind === "coin" ? "" : kind,
  ].filter(Boolean).join(" · ");
}

/** Returns the name of a coin in requests: its code, its id, or a market of a coin that is known from one venue alone. */
async function market(coin) {
  if (coin.state === "pinned") return coin.symbol;
  if (coin.state !== "tentative") return `@${coin.id}`;
  const { body } = await get(`/api/markets?${new URLSearchParams({ base: `@${coin.id}`, limit: 100 })}`);
  const worth = ({ quote, volume24hUsd }) => (USUAL.includes(quote) ? 1e15 / (1 + USUAL.indexOf(quote)) : 0) + (volume24hUsd ?? 0);
  const [best] = body.data.toSorted((one, other) => worth(other) - worth(one));
  return best ? `${best.symbol}:${best.venue}` : `@${coin.id}`;
}
