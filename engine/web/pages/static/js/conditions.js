// Writes the conditions of rules: operands for the interface, and sentences for people.

const OPERATORS = {
  "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least",
  crossesAbove: "crosses above", crossesBelow: "crosses below",
};
const OF_CANDLES = new Set(["close", "volume", "indicator"]);

/** Returns whether a figure belongs to candles, which have an interval. */
export const isOfCandles = (figure) => OF_CANDLES.has(figure);

/**
 * Returns the operand of a figure of a coin: `price:BTC`, `close:BTCUSDT:1h`, or `rsi:BTCUSDT:1h:14` for the indicator
 * `rsi:14`.
 */
export function operand({ figure, symbol, interval, indicator }) {
  if (!isOfCandles(figure)) return `${figure}:${symbol}`;
  const [name, ...parameters] = figure === "indicator" ? indicator.trim().toLowerCase().split(":") : [figure];
  return [name, `${symbol}USDT`, interval, ...parameters].join(":");
}

/** Says a condition. */
export function sentence(when) {
  if (when.not) return `not (${sentence(when.not)})`;
  const [parts, word] = when.all ? [when.all, " and "] : [when.any, " or "];
  if (parts) return parts.map((part) => (part.left === undefined ? `(${sentence(part)})` : sentence(part))).join(word);
  return `${when.left} ${OPERATORS[when.op]} ${when.right}`;
}
