// Reads answers of /api/ohlcv: the rows to draw, and what is said about them.

import { latency, moment } from "./format.js";
import { opensWithin } from "./intervals.js";
import { named, worded } from "./reasons.js";
import { zoneName } from "./zone.js";

/** Returns the candles of an answer for drawing, with the gaps between them. */
export function rowsOf({ data, interval, meta }) {
  const rows = data.map(({ timestamp, ...candle }) => ({ time: timestamp / 1000, ...candle }));
  for (const time of opensWithin(meta.gaps, interval)) rows.push({ time });
  return rows.sort((one, other) => one.time - other.time);
}

/** Returns the note about an answer; `live` is what the stream says. */
export function note({ source, meta, data, interval }, live) {
  const missing = opensWithin(meta.gaps, interval).length;
  return [
    `${data.length} candles in ${meta.quote} from ${source}, times in ${zoneName()}`,
    live,
    meta.short ? "there are no more" : "",
    meta.lastCandleClosed ? "" : "the last one is still forming",
    missing ? `${missing} missing, left open` : "",
    meta.filled?.length ? `${meta.filled.length} filled in from another provider` : "",
    meta.resampledFrom ? `made from ${meta.resampledFrom}` : "",
  ].filter(Boolean).join("; ");
}

/** Returns lines about the sources of an answer. */
export function sources({ meta, source, data }) {
  return [
    ["Source", source],
    ...meta.attempts.map(({ provider, outcome, latencyMs }) =>
      [named(provider), `${worded(outcome)}, ${latency(latencyMs)}`]),
    ["First candle", moment(data[0].timestamp)],
  ];
}
