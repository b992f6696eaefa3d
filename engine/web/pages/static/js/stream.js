// The page's one stream: channels come and go on it, and it goes on where it was after a cut.

import { Session } from "./session.js";

const GRACE = 4_000; // a cut that is mended within this time changes nothing
const ASLEEP = 30_000; // a tab that is hidden for longer needs no stream
const LASTING = 30_000; // what has lasted so long was no failure
const WAITS = [1, 2, 5, 15, 30, 60, 120];

const path = document.documentElement.dataset.stream; // missing where the server has no streams
const hearers = new Map(); // by channel
const had = new Set(); // the channels that were heard up to the cursor
const watchers = new Set();
let session;
let cursor;
let failures = 0;
let isLive = false;
let wasLive = false; // as the watchers were told
let connecting;
let giving;
let leaving;

/** Returns whether the stream is there, and carries `channel` if that is given. */
export const isStreamed = (channel) => isLive && (!channel || session?.has(channel) === true);

/** Calls `watcher` with whether the stream is there, when that has changed for longer than a moment. */
export const onStream = (watcher) => watchers.add(watcher);

/**
 * Calls `hear` with each message of `channel`, with one of type `reset` when some may be missing, and with one of
 * type `error` if the channel is refused. Returns a function that ends this.
 */
export function follow(channel, hear) {
  if (!hearers.has(channel)) {
    hearers.set(channel, new Set());
    session?.want(channel);
  }
  hearers.get(channel).add(hear);
  plan(0);
  return () => {
    const left = hearers.get(channel);
    if (!left?.delete(hear) || left.size) return;
    hearers.delete(channel);
    had.delete(channel);
    session?.leave(channel);
  };
}

function plan(seconds) {
  if (path && !session && !document.hidden) connecting ??= setTimeout(connect, seconds * 1000);
}

function connect() {
  clearTimeout(connecting);
  connecting = undefined;
  if (session || document.hidden || !hearers.size) return;
  session = new Session(path, { cursor, wanted: hearers.keys(), had, began, subscribed, hear, refused, lost });
}

function began() {
  clearTimeout(giving);
  giving = undefined;
  tell(true);
}

function subscribed(channels) {
  for (const channel of channels) if (hearers.has(channel)) had.add(channel);
}

function hear(message) {
  const { type, of, channel } = message;
  const plain = { ...message, type: type === "snapshot" ? of : type, heard: Date.now() };
  const concerned = channel ? [hearers.get(channel) ?? []] : [...hearers.values()];
  for (const each of concerned) for (const one of [...each]) one(plain);
}

function refused(channel, error) {
  had.delete(channel);
  for (const one of [...(hearers.get(channel) ?? [])]) one({ type: "error", channel, error });
}

function lost(lasted) {
  ({ cursor } = session);
  session = undefined;
  failures = lasted > LASTING ? 1 : failures + 1;
  if (isLive) giving ??= setTimeout(() => tell(false), GRACE);
  const wait = WAITS[Math.min(failures, WAITS.length) - 1];
  plan(wait * (0.75 + Math.random() / 2)); // after a restart not every page at the same moment
}

function tell(state) {
  giving = undefined;
  isLive = state;
  if (wasLive === state) return;
  wasLive = state;
  for (const watcher of watchers) watcher(state);
}

/** Ends the stream of a hidden tab. The cursor says where it goes on. */
function sleep() {
  clearTimeout(connecting);
  connecting = undefined;
  session?.end();
  cursor = session?.cursor ?? cursor;
  session = undefined;
  isLive = false;
}

function wake() {
  if (session) return;
  if (wasLive) giving ??= setTimeout(() => tell(false), GRACE);
  plan(0);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(sleep, ASLEEP);
  else wake();
});
addEventListener("online", () => {
  if (connecting) connect();
});
