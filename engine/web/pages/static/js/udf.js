// A small client of TradingView's UDF, the protocol of data feeds for charts: times are Unix seconds.

import { Failure, get } from "./api.js";

const BASE = "/udf";
const MONTH = 31 * 86_400;

/** Gets the feed's configuration: `supported_resolutions` among others. */
export const config = async () => (await get(`${BASE}/config`)).body;

/** Searches symbols by text: returns rows with `symbol`, `ticker`, `description`. */
export async function search(text, limit = 30) {
  const query = new URLSearchParams({ query: text, type: "", exchange: "", limit });
  return (await get(`${BASE}/search?${query}`)).body;
}

/** Gets the description of one symbol. Throws a `Failure` if the feed lacks it. */
export async function symbol(name, signal) {
  const { body } = await get(`${BASE}/symbols?${new URLSearchParams({ symbol: name })}`, signal);
  if (body.s === "error") throw new Failure(plain(body.errmsg), { isFinal: true });
  return body;
}

/**
 * Gets `count` bars of `name` that opened before `to` (seconds), with the answer's age. If there are none,
 * `next` says when older ones begin, if the feed knows. Throws a `Failure` with the feed's message.
 */
export async function bars(name, resolution, { to, count }, signal) {
  const from = to - count * seconds(resolution);
  const query = new URLSearchParams({ symbol: name, resolution, from, to, countback: count });
  const answer = await get(`${BASE}/history?${query}`, signal);
  const { s, t, o, h, l, c, v, errmsg, nextTime } = answer.body;
  if (s === "no_data") return { ...answer, rows: [], next: nextTime ?? null };
  if (s !== "ok") throw new Failure(errmsg ?? "The feed answered with neither bars nor an error");
  const rows = t.map((time, index) => ({
    time, open: o[index], high: h[index], low: l[index], close: c[index], volume: v?.[index] ?? null,
  }));
  return { ...answer, rows, next: null };
}

/** Gets up to `count` bars before `to`, also from before a time without any; none if there are no older ones. */
export async function older(name, resolution, { to, count }, signal) {
  let answer = await bars(name, resolution, { to, count }, signal);
  if (answer.next) answer = await bars(name, resolution, { to: answer.next + 1, count }, signal);
  return answer.rows.filter((row) => row.time < to);
}

/** Returns the longest length of a resolution: a number of minutes, or days, weeks or months by its suffix. */
export function seconds(resolution) {
  const [, count, unit] = /^(\d*)([DWM]?)$/.exec(resolution) ?? [];
  return Number(count || 1) * ({ D: 86_400, W: 604_800, M: MONTH }[unit] ?? 60);
}

/** Returns the end of the current bar in seconds, so that the URL is constant while the bar is open. */
export function ending(resolution) {
  const length = seconds(resolution);
  return (Math.floor(Date.now() / 1000 / length) + 1) * length;
}

/** Merges newer bars, which replace those with the same time. */
export const merged = (old, newer) => [...old.filter((row) => row.time < newer[0].time), ...newer];

/** Formats a resolution for people. */
export function spoken(resolution) {
  const length = seconds(resolution);
  if (length >= MONTH) return `${length / MONTH}M`;
  if (length >= 604_800) return `${length / 604_800}w`;
  if (length >= 86_400) return `${length / 86_400}d`;
  return length >= 3600 ? `${length / 3600}h` : `${length / 60}m`;
}

/** Returns what a feed found wrong without the frame around it: "unknown_symbol (symbol: X: unknown coin)". */
const plain = (message) => message.replace(/^\w+ \((?:symbol: )?(.*)\)$/, "$1");
