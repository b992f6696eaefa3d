// Writes a coin into its row, cell by cell, and shows quietly which way its price moved.

import { change, direction, price, sum, whole } from "./format.js";
import { write } from "./freshness.js";
import { agreeing } from "./price-tips.js";

const FLASH = 900;
const REST = 2_000; // between two flashes of a price that moves all the time
const CHANGES = ["change1h", "change24h", "change7d"];

/** Writes `coin` into the cells of `row`, and keeps it there. */
export function patch(row, coin) {
  const { cells, coin: before } = row;
  row.coin = coin;
  write(cells.rank, whole(coin.rank));
  write(cells.coin.querySelector(".code"), coin.symbol);
  write(cells.coin.querySelector(".name"), coin.name);
  const shown = cells.price.textContent;
  write(cells.price, price(coin.priceUsd));
  write(cells.volume24h, sum(coin.volume24h));
  write(cells.marketCap, sum(coin.marketCap));
  write(cells.sources, `${agreeing(coin).length}/${coin.sources.length}`);
  for (const name of CHANGES) {
    write(cells[name], change(coin[name]));
    mark(cells[name], direction(coin[name]));
  }
  const verdict = coin.disputed ? "disputed" : coin.verified ? "sure" : "unsure";
  for (const cell of [cells.sources, cells.price]) mark(cell, verdict);
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

