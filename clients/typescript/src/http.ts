/** Requests: what is sent, how a spent quota is waited for, and how failures become errors. */

import { ClientError, EngineError, errorOf, Unreachable, UnreadableAnswer } from "./errors.js";
import { pauseAfter, sleep } from "./waiting.js";

export type Parameters = Record<string, unknown>;

export interface ClientOptions {
  /** An API key. In a page that others see, leave it on your server, which can hand out tickets. */
  key?: string;
  /** Seconds that an answer may take. */
  timeout?: number;
  /** Seconds that all pauses of a request over the quota may take together. */
  patience?: number;
  /** The WebSocket class, where the platform has none: that of `ws` in Node 20. */
  WebSocket?: unknown;
  /** Replaces the network. */
  fetch?: typeof fetch;
  /** Replaces the clock. */
  sleep?: (seconds: number) => Promise<void>;
}

export class Http {
  readonly url: string;
  readonly patience: number;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly #options: ClientOptions;
  readonly #fetch: typeof fetch;

  constructor(url: string, options: ClientOptions) {
    this.url = url.replace(/\/$/, "");
    this.patience = options.patience ?? 60;
    this.sleep = options.sleep ?? sleep;
    this.#options = options;
    this.#fetch = options.fetch ?? ((...request) => fetch(...request));
  }

  /** Whether requests have a key. */
  get keyed(): boolean {
    return this.#options.key !== undefined;
  }

  /** Return the body and the headers of an answer. Waits while the quota is spent. */
  async send<Body>(
    method: string,
    path: string,
    query: Parameters = {},
    body?: unknown,
  ): Promise<[Body, Headers]> {
    for (let waited = 0; ; ) {
      try {
        return await this.#once<Body>(method, path + written(query), body);
      } catch (error) {
        const pause = error instanceof EngineError ? pauseAfter(error, waited, this.patience) : null;
        if (pause === null) throw error;
        await this.sleep(pause);
        waited += pause;
      }
    }
  }

  /** Return an answer of server-sent events, whose body is read as it comes. */
  async open(path: string, query: Parameters, signal: AbortSignal): Promise<Response> {
    const headers = { Accept: "text/event-stream", ...this.#authorization() };
    return this.#fetch(this.url + path + written(query), { headers, signal, cache: "no-store" });
  }

  async #once<Body>(method: string, address: string, body: unknown): Promise<[Body, Headers]> {
    const json: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    const request: RequestInit = {
      method,
      headers: { ...json, ...this.#authorization() },
      signal: AbortSignal.timeout(1000 * (this.#options.timeout ?? 30)),
    };
    if (body !== undefined) request.body = JSON.stringify(body);
    try {
      const response = await this.#fetch(this.url + address, request);
      if (!response.ok) throw await errorOf(response);
      return [parsed<Body>(await response.text(), address), response.headers];
    } catch (error) {
      throw translated(error);
    }
  }

  #authorization(): Record<string, string> {
    return this.#options.key === undefined ? {} : { Authorization: `Bearer ${this.#options.key}` };
  }
}

/** Return an error as the client throws it: all but its own are failures of the network. */
export function translated(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  return new Unreachable(error instanceof Error ? error.message : String(error), { cause: error });
}

/** Return the parameters that are given, as the query of an address. */
export function written(query: Parameters): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const parameters = new URLSearchParams(given.map(([name, value]) => [name, asText(value)]));
  return given.length > 0 ? `?${parameters}` : "";
}

function asText(value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  return Array.isArray(value) ? value.join(",") : String(value);
}

function parsed<Body>(text: string, address: string): Body {
  try {
    return (text ? JSON.parse(text) : null) as Body;
  } catch (error) {
    throw new UnreadableAnswer(`${address}: no JSON`, { cause: error });
  }
}
