/** Following channels: what was heard, and where a new connection goes on. */

import { type ClientError, EngineError, failure, type Told } from "./errors.js";

/** A message of a stream, as the engine's docs/streams.md describes it. */
export interface Message {
  type: string;
  /** The canonical name of the channel. */
  channel?: string;
  /** Where another stream goes on after this message. */
  cursor?: string;
  /** The row, such as that of a candle. */
  data?: any;
  /** Whether a candle is closed. */
  closed?: boolean;
  /** The exchange of a candle. */
  source?: string;
  [member: string]: unknown;
}

export interface StreamOptions {
  /** `events` (server-sent events by `fetch`, the default) or `socket` (a WebSocket). */
  transport?: "events" | "socket";
  closedOnly?: boolean;
  /** The cursor of an earlier stream. */
  after?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
  /** Returns a fresh ticket for each connection, for pages that have no key. */
  ticket?: () => Promise<string>;
}

const PASSING = [429, 502, 503, 504];
const INNER = ["heartbeat", "welcome", "subscribed"]; // messages about the connection
const PASSING_CODES = ["STREAM_FULL", "RATE_LIMITED"];

/** The state of a stream over all its connections. */
export class Following {
  cursor: string | null;
  #begun = false;
  #waited = 0;
  #retry: number | null = null;
  #failure: ClientError | null = null;

  constructor(
    readonly channels: readonly string[],
    readonly options: StreamOptions,
    readonly patience: number,
    readonly chance: () => number = Math.random,
  ) {
    this.cursor = options.after ?? null;
  }

  /** Return the message that a caller gets. One about the connection is kept here. */
  take(text: string, retry: number | null = null): Message | null {
    const message = JSON.parse(text) as Message;
    this.cursor = message.cursor ?? this.cursor;
    if (message.type === "error") {
      this.#failure = failure(200, message["error"] as Told);
      this.#retry = retry === null ? null : retry / 1000;
      return null;
    }
    if (message.type === "welcome") return null;
    this.#begun = true;
    this.#waited = 0;
    this.#failure = null;
    return INNER.includes(message.type) ? null : message;
  }

  /** Return why a subscription was refused for good, if it was. */
  get refusal(): ClientError | null {
    const error = this.#failure;
    const passes = !(error instanceof EngineError) || PASSING_CODES.includes(error.code ?? "");
    return this.#begun || passes ? null : error;
  }

  /** Take a failure of a connection. Throws it if it does not pass. */
  refused(error: ClientError): void {
    if (error instanceof EngineError && !PASSING.includes(error.status)) throw error;
    this.#failure = error;
    this.#retry = error instanceof EngineError ? error.retryAfter : null;
  }

  /**
   * Return the seconds until the next connection.
   *
   * A stream that has begun is never given up. One that has not throws its failure after `patience`.
   */
  pause(): number {
    const pause = (this.#retry ?? 1) + this.chance();
    this.#retry = null;
    this.#waited += pause;
    if (this.#failure !== null && !this.#begun && this.#waited > this.patience) throw this.#failure;
    return pause;
  }
}
