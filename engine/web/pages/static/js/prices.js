// The table of prices: one row for each coin, in the order and of the kind that a user chose.

import { getFirst } from "./board.js";
import { Favourites } from "./favourites.js";
import { write } from "./freshness.js";
import { keepFocus, refresh, startGrid } from "./grid.js";
import { LivePrices } from "./live-prices.js";
import { keep } from "./panel.js";
import { patch } from "./price-row.js";
import { TIPS } from "./price-tips.js";
import { left } from "./ranks.js";
import { Sorting } from "./sorting.js";
import { Sparks } from "./sparks.js";
import { explain } from "./tips.js";

const PATH = "/api/prices?convert=USD";
const MOST = 30; // seconds between two requests

/** Starts the table in `panel`; `choose` is called with the coin that a user picks. */
export function startPrices(panel, choose) {
  const table = panel.querySelector("[data-grid]");
  const body = panel.querySelector("[data-rows]");
  const template = panel.querySelector("[data-row]");
  const rows = new Map();
  let latest;
  let isArranged = false;
  const sparks = new Sparks();
  const live = new LivePrices({ priced: showLive, unsure: () => panelled.now() });
  const favourites = new Favourites(panel, () => arrange());
  const sorting = new Sorting(table, () => arrange());

  function adopt(element) {
    const { symbol } = element.dataset;
    const cells = Object.fromEntries([...element.cells].map((cell) => [cell.dataset.cell, cell]));
    rows.set(symbol, { element, cells });
    sparks.add(cells.line, symbol);
    live.add(element, symbol);
    favourites.add(cells.star.querySelector("button"), symbol);
    for (const [name, lines] of Object.entries(TIPS)) {
      explain(cells[name], () => (rows.get(symbol).coin
        ? lines(rows.get(symbol).coin, latest, panelled.freshness) : ["Not loaded yet"]));
    }
  }

  function row(symbol) {
    if (!rows.has(symbol)) {
      const element = template.content.firstElementChild.cloneNode(true);
      element.dataset.symbol = symbol;
      adopt(element);
    }
    return rows.get(symbol);
  }

  function show(answer) {
    latest = answer;
    const listed = answer.body.data;
    for (const coin of listed) patch(row(coin.symbol), coin);
    const there = new Set(listed.map((coin) => coin.symbol));
    for (const [symbol, { element }] of rows) {
      if (!there.has(symbol)) {
        element.remove();
        rows.delete(symbol);
      }
    }
    arrange();
    tell("[data-missing]", answer.body.meta.missing.length ? `No provider quotes now: ${answer.body.meta.missing.join(", ")}.` : "");
    tell("[data-ranks]", left(listed.map((coin) => coin.rank)));
    live.confirmed(answer.made);
  }

  /** Shows the rows that are wanted in their order, and moves only those out of place. */
  function arrange() {
    if (!latest) return;
    const sorted = sorting.order(latest.body.data.map(({ symbol }) => rows.get(symbol).coin));
    // Rows that are put in anew do not count as moved: the page's own order differs from that of the first answer.
    if (!isArranged && !body.contains(document.activeElement)) body.replaceChildren(...sorted.map(({ symbol }) => rows.get(symbol).element));
    isArranged = true;
    keepFocus(table, () => sorted.forEach(({ symbol }, index) => {
      const { element } = rows.get(symbol);
      if (body.children[index] !== element) body.insertBefore(element, body.children[index] ?? null);
      element.hidden = !favourites.isWanted(symbol);
    }), panel.querySelector("[data-only]"));
    tell("[data-none]", sorted.some(({ symbol }) => favourites.isWanted(symbol)) ? "" : "No favourites yet: the star of a coin makes it one.");
    refresh(table);
  }

  function tell(note, text) {
    const element = panel.querySelector(note);
    element.hidden = !text;
    write(element, text);
  }

  /** Shows a price of the stream, with the figures of the last answer where it has none. */
  function showLive(coin) {
    const there = rows.get(coin.symbol);
    if (!there?.coin || Date.parse(coin.lastUpdate) < Date.parse(there.coin.lastUpdate)) return;
    const known = Object.fromEntries(Object.entries(coin).filter(([, value]) => value !== null));
    patch(there, { ...there.coin, disputed: false, ...known });
    panelled.freshness.arrived({ ...latest, made: live.newest, stale: false, lifetime: MOST, live: isLive });
  }

  function pick(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.target.closest("button") || (event.pointerType === "touch" && cell.dataset.cell !== "coin")) return;
    choose(cell.parentElement.dataset.symbol);
  }

  for (const element of body.rows) adopt(element);
  startGrid(table);
  body.addEventListener("click", pick);
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(event);
  });
  refresh(table);
  const isLive = () => live.isLive;
  const panelled = keep(panel, {
    name: "Prices", source: "/api/prices", ask: () => getFirst(PATH), show, least: 10, most: MOST, live: isLive,
  });
}
