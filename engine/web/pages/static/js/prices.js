// The table of prices: one row for each coin, updated cell by cell.

import { getFirst } from "./board.js";
import { ago, change, deviation, direction, moment, price, sum, UNKNOWN, whole } from "./format.js";
import { write } from "./freshness.js";
import { refresh, startGrid } from "./grid.js";
import { LivePrices } from "./live-prices.js";
import { keep } from "./panel.js";
import { Sparks } from "./sparks.js";
import { explain } from "./tips.js";

const PATH = "/api/prices?convert=USD";
const FLASH = 900;
const MOST = 30; // seconds between two requests
const REST = 2_000; // between two flashes of a price that moves all the time

/** Starts the table in `panel`; `choose` is called with the coin that a user picks. */
export function startPrices(panel, choose) {
  const table = panel.querySelector("[data-grid]");
  const body = panel.querySelector("[data-rows]");
  const template = panel.querySelector("[data-row]");
  const rows = new Map();
  const sparks = new Sparks();
  const live = new LivePrices({ priced: showLive, unsure: () => panelled.now() });
  let latest;

  function row(symbol) {
    if (!rows.has(symbol)) {
      const element = template.content.firstElementChild.cloneNode(true);
      const cells = Object.fromEntries([...element.cells].map((cell) => [cell.dataset.cell, cell]));
      element.dataset.symbol = symbol;
      rows.set(symbol, { element, cells });
      body.append(element);
      sparks.add(cells.line, symbol);
      live.add(element, symbol);
      for (const [name, lines] of Object.entries(LINES)) {
        explain(cells[name], () => lines(rows.get(symbol).coin, latest, panelled.freshness));
      }
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
    arrange(body, listed.map((coin) => rows.get(coin.symbol).element));
    tellMissing(panel.querySelector("[data-missing]"), answer.body.meta.missing);
    refresh(table);
    live.confirmed(answer.made);
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
    if (!cell || (event.pointerType === "touch" && cell.dataset.cell !== "coin")) return;
    choose(cell.parentElement.dataset.symbol);
  }

  startGrid(table);
  body.addEventListener("click", pick);
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(event);
  });
  const isLive = () => live.isLive;
  const panelled = keep(panel, {
    name: "Prices", source: "/api/prices", ask: () => getFirst(PATH), show, least: 10, most: MOST, live: isLive,
  });
}

function patch(row, coin) {
  const { cells, coin: before } = row;
  row.coin = coin;
  write(cells.rank, whole(coin.rank));
  write(cells.coin.querySelector(".code"), coin.symbol);
  write(cells.coin.querySelector(".name"), coin.name);
  const shown = cells.price.textContent;
  write(cells.price, price(coin.priceUsd));
  write(cells.change24h, change(coin.change24h));
  write(cells.volume24h, sum(coin.volume24h));
  write(cells.marketCap, sum(coin.marketCap));
  write(cells.sources, `${agreeing(coin).length}/${coin.sources.length}`);
  mark(cells.change24h, direction(coin.change24h));
  mark(cells.sources, coin.disputed ? "disputed" : coin.verified ? "sure" : "unsure");
  if (before && shown !== cells.price.textContent) flash(cells.price, coin.priceUsd - before.priceUsd);
}

const flashed = new WeakMap();

const MARKS = ["up", "down", "sure", "unsure", "disputed"];

function mark(cell, name) {
  for (const each of MARKS) cell.classList.toggle(each, each === name);
}

/** Shows once and briefly which way a price moved; the style sheet respects reduced motion. */
function flash(cell, moved) {
  if (Date.now() < (flashed.get(cell) ?? 0) + REST) return;
  flashed.set(cell, Date.now());
  cell.dataset.moved = moved > 0 ? "up" : "down";
  setTimeout(() => delete cell.dataset.moved, FLASH);
}

/** Sorts the rows, and moves only those out of place. */
function arrange(body, elements) {
  elements.forEach((element, index) => {
    if (body.children[index] !== element) body.insertBefore(element, body.children[index] ?? null);
  });
}

function tellMissing(note, missing) {
  note.hidden = missing.length === 0;
  write(note, missing.length ? `No provider quotes now: ${missing.join(", ")}.` : "");
}

const agreeing = (coin) => coin.sources.filter((source) => !source.outlier && !source.suspect);

function confidence(coin) {
  const verdict = coin.disputed ? "disputed: two camps" : coin.verified ? "verified" : "not verified";
  return `${coin.confidence.toFixed(2)}, ${verdict}`;
}

function standing(source) {
  if (source.outlier) return ", outlier: does not count";
  return source.suspect ? ", suspect" : "";
}

const LINES = {
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
    ...Object.entries(answer.body.meta.providers).map(([provider, reason]) => [provider, reason]),
  ],
};

const signed = (source, coin) => source.deviation * Math.sign(source.price - coin.priceUsd);
const dollars = (value) => (typeof value === "number" ? `$${whole(value)}` : UNKNOWN);
