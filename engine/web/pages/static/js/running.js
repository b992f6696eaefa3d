// Joins candles of a request with those of the stream: the running one, closed ones and corrections.

import { after } from "./intervals.js";

const KEPT = 40; // candles whose newest message is remembered, for answers that are older than it
const RANKS = { forming: 0, closed: 1, corrected: 2 };

/** The candles of one series. `interval` is its name, `rows` are ascending, with `time` in seconds. */
export class Running {
  rows = [];
  /** Whether a request has to fill a hole, or to settle a candle whose end was not heard. */
  isIncomplete = false;
  #interval;
  #newest = new Map();

  constructor(interval) {
    this.#interval = interval;
  }

  /** Replaces the candles by those of a request, whose data are of `made` (milliseconds). */
  join(rows, made) {
    this.isIncomplete = false;
    this.rows = rows.map((row) => ({ ...row, isFinal: after(row.time, this.#interval) * 1000 <= made }));
    for (const said of [...this.#newest.values()].sort((one, other) => one.row.time - other.row.time)) {
      if (said.rank || said.heard >= made) this.#put(said);
    }
    return this.rows;
  }

  /** Adds older candles at the beginning. */
  prepend(rows) {
    this.rows = [...rows.map((row) => ({ ...row, isFinal: true })), ...this.rows];
    return this.rows;
  }

  /** Takes a message of type `candle`, `correction` or `gap`. Returns which rows it has changed: "last", "some" or "". */
  take(message) {
    if (message.type === "gap") return this.#open(message.from / 1000, message.to / 1000);
    const { timestamp, ...figures } = message.data;
    const rank = message.type === "correction" ? RANKS.corrected : message.closed ? RANKS.closed : RANKS.forming;
    const said = { rank, heard: message.heard, row: { time: timestamp / 1000, ...figures, isFinal: rank > 0 } };
    if (rank < (this.#newest.get(timestamp)?.rank ?? 0)) return "";
    this.#newest.delete(timestamp);
    this.#newest.set(timestamp, said);
    if (this.#newest.size > KEPT) this.#newest.delete(this.#newest.keys().next().value);
    return this.rows.length ? this.#put(said) : "";
  }

  #put({ rank, row }) {
    const last = this.rows.at(-1);
    if (last && row.time > last.time) {
      if (!last.isFinal || after(last.time, this.#interval) !== row.time) this.isIncomplete = true;
      this.rows.push(row);
      return "last";
    }
    const place = this.rows.findLastIndex((each) => each.time === row.time);
    if (place < 0 || (this.rows[place].isFinal && !rank)) return "";
    this.rows[place] = row;
    return row.time === last.time ? "last" : "some";
  }

  /** Leaves the times of a gap open. */
  #open(from, to) {
    const last = this.rows.at(-1);
    if (!last) return "";
    for (let time = from; time <= to; time = after(time, this.#interval)) {
      if (time > this.rows.at(-1).time) this.rows.push({ time, isFinal: true });
    }
    return this.rows.at(-1) === last ? "" : "some";
  }
}
