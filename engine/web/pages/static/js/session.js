// One connection of the stream: what is subscribed on it, and whether it is still alive.

const PROTOCOL = "engine.v1";
const OPENING = 10_000;
const MISSED = 2.5; // heartbeats in which nothing has come
const BETWEEN = 500; // the engine takes five messages a second

/**
 * A connection to `path`. `wanted` are the channels to subscribe, and `had` those of them that go on after `cursor`.
 * It calls `began` once it is there, `subscribed` with channels, `hear` with messages about them, `refused` with one
 * and its error, and `lost` at its end with the milliseconds that it lasted.
 */
export class Session {
  #socket;
  #calls;
  #wanted;
  #had;
  #sent = new Set();
  #names = new Map(); // this page's names of channels, by the engine's
  #there = new Set();
  #beginning = new Set();
  #asked = new Map();
  #begun = 0;
  #last = Date.now();
  #patience = OPENING;
  #watch;
  #sending;

  constructor(path, { cursor, wanted, had, ...calls }) {
    this.#calls = calls;
    this.cursor = cursor;
    this.#wanted = new Set(wanted);
    this.#had = [...had].filter((channel) => this.#wanted.has(channel));
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address, PROTOCOL);
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#socket.onclose = () => this.#close();
    this.#watch = setInterval(() => {
      if (Date.now() - this.#last > this.#patience) this.#close(); // a dead connection may never tell its end
    }, 5_000);
  }

  /** Returns whether a channel is subscribed. */
  has(channel) {
    return this.#there.has(channel);
  }

  /** Subscribes another channel. */
  want(channel) {
    this.#wanted.add(channel);
    this.#plan();
  }

  /** Ends a channel. */
  leave(channel) {
    this.#wanted.delete(channel);
    this.#plan();
  }

  /** Ends the connection without a further call. */
  end() {
    this.#calls.lost = () => {};
    this.#close();
  }

  #take(message) {
    this.#last = Date.now();
    this.#move(message);
    const take = { welcome: this.#begin, subscribed: this.#confirm, error: this.#refuse, unsubscribed: this.#forget };
    if (take[message.type]) return take[message.type].call(this, message);
    const channel = this.#names.get(message.channel);
    if (message.type === "reset") this.#calls.hear(message);
    else if (channel) this.#calls.hear({ ...message, channel });
    return undefined;
  }

  /** Moves the cursor, but not to the newest message of a channel that has just begun, which may be old. */
  #move({ type, channel, cursor }) {
    if (!cursor || this.#beginning.delete(this.#names.get(channel))) return;
    if (type !== "welcome" || !this.cursor) this.cursor = cursor;
  }

  #begin({ heartbeatSeconds }) {
    this.#begun = Date.now();
    this.#patience = heartbeatSeconds * 1000 * MISSED;
    this.#subscribe(this.#had, this.cursor);
    this.#send();
    this.#calls.began();
  }

  /** Subscribes soon: several changes at once are one message. */
  #plan() {
    if (this.#begun) this.#sending ??= setTimeout(() => this.#send(), BETWEEN);
  }

  #send() {
    this.#sending = undefined;
    this.#subscribe([...this.#wanted].filter((channel) => !this.#sent.has(channel)));
    const gone = [...this.#sent].filter((channel) => !this.#wanted.has(channel));
    for (const channel of gone) this.#sent.delete(channel);
    if (gone.length) this.#say({ op: "unsubscribe", channels: gone });
  }

  #subscribe(channels, after) {
    if (!channels.length) return;
    const id = this.#asked.size + 1;
    this.#asked.set(id, channels);
    for (const channel of channels) this.#sent.add(channel);
    if (!after) for (const channel of channels) this.#beginning.add(channel);
    this.#say({ op: "subscribe", id, channels, after: after ?? null });
  }

  #say(request) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #confirm({ id, channels }) {
    const asked = this.#asked.get(id);
    channels.forEach((name, place) => this.#names.set(name, asked.length === channels.length ? asked[place] : name));
    for (const channel of asked) this.#there.add(channel);
    this.#calls.subscribed(asked);
  }

  #forget({ channels }) {
    for (const name of channels) {
      const channel = this.#names.get(name);
      if (this.#sent.has(channel)) continue; // it has begun again
      this.#names.delete(name);
      this.#there.delete(channel);
    }
  }

  /** Leaves out what does not exist, which refuses all channels of its message. */
  #refuse({ id, error }) {
    const asked = this.#asked.get(id) ?? [];
    const named = asked.filter((channel) => error.details?.[channel]);
    for (const channel of asked) this.#sent.delete(channel);
    for (const channel of named.length ? named : asked) {
      this.#wanted.delete(channel);
      this.#calls.refused(channel, error);
    }
    this.#plan();
  }

  #close() {
    clearInterval(this.#watch);
    clearTimeout(this.#sending);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    const { lost } = this.#calls;
    this.#calls.lost = () => {};
    lost(this.#begun ? Date.now() - this.#begun : 0);
  }
}
