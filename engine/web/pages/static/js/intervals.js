// The lengths of candles. Months differ, so callers step from one open time (Unix seconds) to the next.

const DAY = 86_400;
const SECONDS = {
  "1m": 60, "3m": 180, "5m": 300, "15m": 900, "30m": 1800,
  "1h": 3600, "2h": 7200, "4h": 14_400, "6h": 21_600, "8h": 28_800, "12h": 43_200,
  "1d": DAY, "3d": 3 * DAY, "1w": 7 * DAY,
};

/** Returns whether candles of an interval need a time of day besides their date. */
export const hasTimes = (interval) => SECONDS[interval] < DAY;

/** Returns the open time of the candle after the one that opens at `time`. */
export function after(time, interval) {
  if (interval !== "1M") return time + SECONDS[interval];
  const date = new Date(time * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
}

/** Returns the open times within gaps, which are pairs of their first and last open times (milliseconds). */
export function opensWithin(gaps, interval) {
  const times = [];
  for (const [first, last] of gaps) {
    for (let time = first / 1000; time <= last / 1000; time = after(time, interval)) times.push(time);
  }
  return times;
}
