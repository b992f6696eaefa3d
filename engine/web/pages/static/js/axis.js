// The axis of times of a chart, in the zone of the page. Candles of days and longer are named by their UTC days.

import { TickMarkType } from "../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs";
import { dated } from "./format.js";
import { isLocal, timeZone, zoneName } from "./zone.js";

const MARKS = {
  [TickMarkType.Year]: "year", [TickMarkType.Month]: "month", [TickMarkType.DayOfMonth]: "day",
  [TickMarkType.Time]: "minute", [TickMarkType.TimeWithSeconds]: "minute",
};

/** Formats the time (Unix seconds) at which a candle opens, with its zone. `hasTimes`: candles are shorter than a day. */
export function opening(time, hasTimes) {
  return hasTimes ? `${dated(time * 1000, "full")} ${zoneName(time * 1000)}` : `${dated(time * 1000, "date", "UTC")} UTC`;
}

/** Returns the chart's options for its times. */
export function axis(hasTimes) {
  return {
    localization: { locale: "en-GB", timeFormatter: (time) => opening(time, hasTimes) },
    timeScale: { timeVisible: hasTimes, tickMarkFormatter: (time, type) => mark(time * 1000, MARKS[type], hasTimes) },
  };
}

function mark(time, style, hasTimes) {
  const zone = hasTimes ? timeZone() : "UTC";
  const text = dated(time, style, zone);
  // The library marks the days of UTC, which begin at another hour elsewhere.
  if (!hasTimes || !isLocal() || style === "minute") return text;
  const hour = dated(time, "minute", zone);
  return hour === "00:00" ? text : `${dated(time, "day", zone)} ${hour}`;
}
