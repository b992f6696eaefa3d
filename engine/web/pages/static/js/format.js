// Numbers and times as people read them. What is not known is a dash, never a zero.

export const UNKNOWN = "–";

const percents = new Intl.NumberFormat(undefined, {
  style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const shares = new Intl.NumberFormat(undefined, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});
const dollars = new Intl.NumberFormat(undefined, {
  style: "currency", currency: "USD", currencyDisplay: "narrowSymbol",
  notation: "compact", minimumSignificantDigits: 4, maximumSignificantDigits: 4,
});
const amounts = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 4 });
const wholes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const clocks = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const priceFormats = new Map();

const known = (value) => typeof value === "number" && Number.isFinite(value);
const written = (format, value) => (known(value) ? format.format(value) : UNKNOWN);

/** Digits behind the point that a price of this size is read with: about five that matter. */
export function decimals(value) {
  if (value >= 100) return 2;
  if (value >= 1) return 4;
  return Math.min(12, 4 - Math.floor(Math.log10(value)));
}

/** A price; `digits` behind the point, as many as its size asks for where none are given. */
export function price(value, digits = known(value) && value > 0 ? decimals(value) : 2) {
  if (!priceFormats.has(digits)) {
    priceFormats.set(digits, new Intl.NumberFormat(undefined, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }));
  }
  return written(priceFormats.get(digits), value);
}

/** A change that is given in per cent, with its sign. */
export const change = (value) => written(percents, known(value) ? value / 100 : value);
/** A part of a whole that is given in per cent. */
export const share = (value) => written(shares, known(value) ? value / 100 : value);
/** A fraction, with its sign, as per cent. */
export const deviation = (value) => written(percents, value);
/** A large sum in US dollars. */
export const sum = (value) => written(dollars, value);
/** A large amount of anything. */
export const amount = (value) => written(amounts, value);
/** A whole number. */
export const whole = (value) => written(wholes, value);
/** Milliseconds. */
export const latency = (value) => (known(value) ? `${wholes.format(value)} ms` : UNKNOWN);

/** Whether a change is up, down, or neither as far as it is shown. */
export function direction(value) {
  if (!known(value) || Math.abs(value) < 0.005) return "";
  return value > 0 ? "up" : "down";
}

/** A moment (milliseconds) as a time of day, with its date where it is not of today. */
export function moment(time) {
  const date = new Date(time);
  return (date.toDateString() === new Date().toDateString() ? clocks : days).format(date);
}

/** A duration in seconds, in its largest unit. */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long ago a moment (milliseconds) was. */
export const ago = (time) => `${duration((Date.now() - time) / 1000)} ago`;
