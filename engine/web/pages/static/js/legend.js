// The figures of one candle, over the chart and for screen readers.

import { opening } from "./axis.js";
import { amount, change, decimals, direction, price } from "./format.js";

/** Returns the figures of a row: a label, a value and a class for each. */
export function legend(row, hasTimes) {
  const when = ["", opening(row.time, hasTimes)];
  if (!("close" in row)) return [when, ["", "no candle"]];
  const digits = decimals(row.low);
  const moved = (row.close / row.open - 1) * 100;
  return [
    when,
    ...["open", "high", "low", "close"].map((name) => [name[0].toUpperCase(), price(row[name], digits)]),
    ["", change(moved), direction(moved)],
    ["Vol", amount(row.volume)],
  ];
}

/** Writes figures into `element`. */
export function write(element, parts) {
  element.replaceChildren(...parts.map(([label, value, kind]) => {
    const part = document.createElement("span");
    const strong = document.createElement("b");
    strong.textContent = value;
    strong.className = kind ?? "";
    part.append(label ? `${label} ` : "", strong);
    return part;
  }));
}
