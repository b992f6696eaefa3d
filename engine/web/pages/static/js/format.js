// Formats numbers and times for people, in English as the page is. Unknown values are a dash, never a zero.

import { timeZone, zoneName } from "./zone.js";

export const UNKNOWN = "–";
const NUMBERS = "en-US";
const TIMES = "en-GB"; // the day before the month, and 24 hours

const percents = new Intl.NumberFormat(NUMBERS, {
  style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const shares = new Intl.NumberFormat(NUMBERS, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});
const dollars = new Intl.NumberFormat(NUMBERS, {
  style: "currency", currency: "USD", currencyDisplay: "narrowSymbol",
  notation: "compact", minimumSignificantDigits: 4, maximumSignificantDigits: 4,
});
const amounts = new Intl.NumberFormat(NUMBERS, { notation: "compact", maximumSignificantDigits: 4 });
const wholes = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 0 });
const priceFormats = new Map();

const known = (value) => typeof value === "number" && Number.isFinite(value);
const written = (format, value) => (known(value) ? format.format(value) : UNKNOWN);

/** Returns the decimals for a price of this size: about five significant digits. */
export function decimals(value) {
  if (value >= 100) return 2;
  if (value >= 1) return 4;
  return Math.min(12, 4 - Math.floor(Math.log10(value)));
}

/** Formats a price with `digits` decimals; their number follows from its size by default. */
export function price(value, digits = known(value) && value > 0 ? decimals(value) : 2) {
  if (!priceFormats.has(digits)) {
    priceFormats.set(digits, new Intl.NumberFormat(NUMBERS, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }));
  }
  return written(priceFormats.get(digits), value);
}

/** Formats a change in per cent, with its sign. */
export const change = (value) => written(percents, known(value) ? value / 100 : value);
/** Formats a share in per cent. */
export const share = (value) => written(shares, known(value) ? value / 100 : value);
/** Formats a fraction as per cent, with its sign. */
export const deviation = (value) => written(percents, value);
/** Formats a large sum in US dollars. */
export const sum = (value) => written(dollars, value);
/** Formats a large amount. */
export const amount = (value) => written(amounts, value);
/** Formats an integer. */
export const whole = (value) => written(wholes, value);
/** Formats milliseconds. */
export const latency = (value) => (known(value) ? `${wholes.format(value)} ms` : UNKNOWN);

/** Returns whether a change, as shown, is up, down or neither. */
export function direction(value) {
  if (!known(value) || Math.abs(value) < 0.005) return "";
  return value > 0 ? "up" : "down";
}

const STYLES = {
  clock: { timeStyle: "medium" },
  full: { dateStyle: "medium", timeStyle: "short" },
  minute: { hour: "2-digit", minute: "2-digit" },
  date: { dateStyle: "medium" },
  day: { day: "numeric", month: "short" },
  month: { month: "short" },
  year: { year: "numeric" },
};
const timeFormats = new Map();

/** Formats a moment (milliseconds) in one of the styles above, without the name of its zone. */
export function dated(time, style, zone = timeZone()) {
  const key = `${style} ${zone}`;
  if (!timeFormats.has(key)) timeFormats.set(key, new Intl.DateTimeFormat(TIMES, { ...STYLES[style], timeZone: zone }));
  return timeFormats.get(key).format(time);
}

/** Formats a moment (milliseconds) as a time of day, with its date unless it is today, and with its zone. */
export function moment(time) {
  const isToday = dated(time, "date") === dated(Date.now(), "date");
  return `${dated(time, isToday ? "clock" : "full")} ${zoneName(time)}`;
}

/** Formats a duration in seconds in its largest unit. */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Formats how long ago a moment (milliseconds) was. */
export const ago = (time) => `${duration((Date.now() - time) / 1000)} ago`;
