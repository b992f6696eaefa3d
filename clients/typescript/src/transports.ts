/** The two ways in which messages arrive. Each yields those of one connection. */

import { errorOf, failure, Unreachable } from "./errors.js";
import { EventReader } from "./events.js";
import type { Following, Message } from "./following.js";

const SILENCE = 40_000; // milliseconds without a message: heartbeats come every 15 s
const PROTOCOL = "engine.v1";
const KEY_INVALID = 4001;

/** Yield the messages of a stream of server-sent events. `open` sends the request. */
export async function* events(
  open: (signal: AbortSignal) => Promise<Response>,
  following: Following,
): AsyncGenerator<Message, void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const silence = new Silence(end);
  following.options.signal?.addEventListener("abort", end);
  try {
    const response = await open(ended.signal);
    if (!response.ok) throw await errorOf(response);
    if (response.body === null) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const lines = new EventReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      silence.broken();
      for (const event of lines.read(decoder.decode(part.value, { stream: true }))) {
        const message = following.take(event.data, event.retry);
        if (message) yield message;
      }
    }
  } finally {
    following.options.signal?.removeEventListener("abort", end);
    silence.end();
    ended.abort();
  }
}

/** Yield the messages of a WebSocket. */
export async function* socket(
  connection: WebSocket,
  following: Following,
): AsyncGenerator<Message, void> {
  const queue: string[] = [];
  let wake = (): void => {};
  let closed: { code: number } | null = null;
  const silence = new Silence(() => connection.close());
  const end = (): void => connection.close();
  const { channels, cursor, options } = following;
  connection.onopen = () => {
    const subscription = { channels, closedOnly: options.closedOnly ?? false, after: cursor };
    connection.send(JSON.stringify({ op: "subscribe", id: 1, ...subscription }));
  };
  connection.onmessage = ({ data }) => {
    silence.broken();
    queue.push(String(data));
    wake();
  };
  connection.onclose = ({ code }) => {
    closed = { code };
    wake();
  };
  connection.onerror = () => {}; // onclose follows
  options.signal?.addEventListener("abort", end);
  try {
    while (queue.length > 0 || closed === null) {
      const text = queue.shift();
      if (text === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const message = following.take(text);
      if (following.refusal) throw following.refusal;
      if (message) yield message;
    }
    const { code } = closed as { code: number };
    if (code === KEY_INVALID) throw failure(401, { code: "UNAUTHORIZED", message: "The key is not valid" });
    throw new Unreachable(`The WebSocket ended with ${code}`);
  } finally {
    options.signal?.removeEventListener("abort", end);
    silence.end();
    connection.close();
  }
}

/** Open a WebSocket of `kind`. */
export function dial(kind: typeof WebSocket, url: string, ticket: string | null): WebSocket {
  const address = new URL(`${url.replace(/^http/, "ws")}/api/stream`);
  if (ticket !== null) address.searchParams.set("ticket", ticket);
  return new kind(address, PROTOCOL);
}

/** Calls `act` once nothing was heard for longer than the engine is ever silent. */
class Silence {
  #timer: ReturnType<typeof setTimeout>;

  constructor(readonly act: () => void) {
    this.#timer = setTimeout(act, SILENCE);
  }

  broken(): void {
    this.end();
    this.#timer = setTimeout(this.act, SILENCE);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
