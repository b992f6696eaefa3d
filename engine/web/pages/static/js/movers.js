// Shows the coins that moved most in 24 hours and those that people look for, from /api/market/overview.

import { change, direction, price, sum } from "./format.js";
import { write } from "./freshness.js";
import { explain } from "./tips.js";

const LISTS = { gainers: "topGainers", losers: "topLosers", trending: "trending" };

/**
 * Starts the panel; `choose` is called with the coin that a user picks. Returns the `panel` with its `name`, and what
 * shows an answer in it, `show`.
 */
export function startMovers(panel, choose) {
  const lists = Object.keys(LISTS).map((name) => [LISTS[name], panel.querySelector(`[data-list=${name}]`)]);
  let latest;

  panel.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-symbol]");
    if (button) choose(button.dataset.symbol, `${button.dataset.symbol} · ${button.dataset.name}`);
  });

  function patch(item, coin) {
    const button = item.querySelector("button");
    item.classList.remove("empty");
    button.disabled = false;
    button.dataset.symbol = coin.symbol;
    button.dataset.name = coin.name;
    write(button.querySelector(".code"), coin.symbol);
    write(button.querySelector(".name"), coin.name);
    const moved = button.querySelector(".change");
    write(moved, change(coin.change24h));
    moved.className = `change ${direction(coin.change24h)}`;
    explain(button, () => [
      [coin.symbol, coin.name], ["Price", `$${price(coin.price)}`], ["Change in 24 hours", change(coin.change24h)],
      ["Volume in 24 hours", sum(coin.volume24h)], ["Market cap", sum(coin.marketCap)],
      ["Source", latest.meta.sources.join(", ")],
    ]);
  }

  function show({ body }) {
    latest = body;
    for (const [name, list] of lists) {
      const coins = body.data[name] ?? [];
      [...list.children].forEach((item, place) => {
        item.classList.toggle("empty", !coins[place]);
        if (coins[place]) patch(item, coins[place]);
      });
      const none = list.parentElement.querySelector("[data-none]");
      none.hidden = coins.length > 0;
    }
  }

  return { panel, name: "Movers", show };
}
